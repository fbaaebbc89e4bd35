import { expect, test } from 'vitest';
import { bestTrials } from '../../../src/study/sweep/finished-checkpoints.js';
import type { ViewTrial } from '../../../src/study/view-trial.js';

const trial = (number: number, values: readonly number[] | null, more: Partial<ViewTrial> = {}): ViewTrial =>
  ({
    id: number,
    number,
    state: 'complete',
    values,
    steps: new Map(),
    violations: [],
    pausedAt: null,
    ...more,
  }) as ViewTrial;

test('the best are complete and feasible; NaN is the worst, and at a tie the older one is better', () => {
  const trials = [
    trial(0, [3]),
    trial(1, [0], { state: 'pruned' }),
    trial(2, [Number.NaN]),
    trial(3, [1], { violations: [2] }),
    trial(4, [2]),
    trial(5, [2]),
    trial(6, null, { state: 'fail' }),
  ];
  expect(bestTrials(trials, ['minimize'], 2)).toEqual([4, 5]);
  expect(bestTrials(trials, ['maximize'], 1)).toEqual([0]);
  expect(bestTrials(trials, ['minimize'], 9)).toEqual([4, 5, 0, 2]);
  expect(bestTrials(trials, ['minimize'], 0)).toEqual([]);
});

test('of several objectives the fronts count, and within one the most isolated trials', () => {
  const trials = [trial(0, [5, 5]), trial(1, [1, 4]), trial(2, [2, 3.9]), trial(3, [4, 1])];
  expect(bestTrials(trials, ['minimize', 'minimize'], 2)).toEqual([1, 3]);
  expect(bestTrials(trials, ['minimize', 'minimize'], 4).at(-1)).toBe(0);
});
