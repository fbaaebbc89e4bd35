import { expect, test } from 'vitest';
import { withDefaults } from '../../src/core/component-options.js';
import {
  defaultScheduler,
  keptScheduling,
  trainsUnsavedInFull,
  waitsForSave,
} from '../../src/schedulers/default-scheduler.js';
import { schedulers } from '../../src/schedulers/registry.js';

const plain = { sampler: 'auto', objectives: 1, repeats: 1, defineByRun: false };
const none = { name: 'none', options: {} };

test('the default is auto, which stops what cannot be paused, and assumes of no program that its trials save', () => {
  const chosen = defaultScheduler(plain);
  expect(chosen.name).toBe('auto');
  expect(trainsUnsavedInFull(chosen)).toBe(false);
  expect(waitsForSave(chosen)).toBe(true);
});

test('a study of an earlier version, whose default stops nothing, keeps it', () => {
  const earlier = { name: 'auto', options: { stops: false } };
  expect(trainsUnsavedInFull(earlier)).toBe(true);
  expect(waitsForSave(earlier)).toBe(true);
});

test.each([{ sampler: 'grid' }, { objectives: 2 }, { repeats: 3 }, { defineByRun: true }])(
  'where every trial is wanted in full it is none: %j',
  (more) => {
    expect(defaultScheduler({ ...plain, ...more })).toEqual(none);
  },
);

test('by name every scheduler stops what cannot be paused, and assumes that trials save', () => {
  for (const { name, options } of schedulers) {
    const named = { name, options: withDefaults(options, {}) };
    expect(trainsUnsavedInFull(named)).toBe(false);
    expect(waitsForSave(named)).toBe(false);
  }
});

test('a study keeps its own scheduling, but for code that is not given any more', () => {
  const asha = { scheduler: { name: 'asha', options: {} }, pruner: none };
  const median = { scheduler: none, pruner: { name: 'median', options: {} } };
  for (const own of [asha, median]) expect(keptScheduling(own)).toEqual(own);
  expect(keptScheduling(null)).toEqual({ scheduler: none, pruner: none });
  const gone = { scheduler: none, pruner: { name: './mine.js', options: {} } };
  expect(keptScheduling(gone)).toEqual({ scheduler: none, pruner: none });
  expect(keptScheduling({ scheduler: { name: 'own', options: {} }, pruner: none }).scheduler).toEqual(none);
});
