import { expect, test } from 'vitest';
import { withDefaults } from '../../src/core/component-options.js';
import {
  defaultScheduler,
  keptScheduling,
  trainsUnsavedInFull,
} from '../../src/schedulers/default-scheduler.js';
import { schedulers } from '../../src/schedulers/registry.js';

const plain = { sampler: 'auto', objectives: 1, repeats: 1, defineByRun: false };
const none = { name: 'none', options: {} };

test('the default is auto, which stops nothing that cannot be paused', () => {
  const chosen = defaultScheduler(plain);
  expect(chosen.name).toBe('auto');
  expect(trainsUnsavedInFull(chosen)).toBe(true);
});

test.each([{ sampler: 'grid' }, { objectives: 2 }, { repeats: 3 }, { defineByRun: true }])(
  'where every trial is wanted in full it is none: %j',
  (more) => {
    expect(defaultScheduler({ ...plain, ...more })).toEqual(none);
  },
);

test('by name auto stops what cannot be paused, as other schedulers do', () => {
  for (const { name, options } of schedulers)
    expect(trainsUnsavedInFull({ name, options: withDefaults(options, {}) })).toBe(false);
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
