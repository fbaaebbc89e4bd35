import { expect, test } from 'vitest';
import { lastStep, longestComplete } from '../../src/core/last-step.js';
import type { TrialState } from '../../src/core/trial.js';
import { trialOf, viewOf } from '../pruners/support.js';

const until = (step: number, state: TrialState = 'complete', from = 1) =>
  trialOf(
    0,
    Array.from({ length: step - from + 1 }, (_, k) => [from + k, 0]),
    state,
  );

test('the last step is what was given; one less for a trial that counts from 0', () => {
  const view = { ...viewOf([[until(9)]]), maxSteps: 5 };
  expect(lastStep(view, until(2, 'running'))).toBe(5);
  expect(lastStep(view, until(2, 'running', 0))).toBe(4);
  expect(lastStep(view, trialOf(1, [], 'running'))).toBe(5);
});

test('without it, the last step is that of the longest complete trial, however that counts', () => {
  const configs = [[until(3), until(7)], [until(20, 'pruned'), until(30, 'fail')], [until(5)]];
  const view = viewOf(configs, 'minimize', null);
  expect(longestComplete(view)).toBe(7);
  expect(lastStep(view, until(2, 'running', 0))).toBe(7);
});

test('without any complete trial that reported a step nobody knows the last step', () => {
  const view = viewOf([[trialOf(0, [])], [until(9, 'running')]], 'minimize', null);
  expect(longestComplete(view)).toBeNull();
  expect(lastStep(view, until(2, 'running'))).toBeNull();
});
