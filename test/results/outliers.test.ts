import { expect, test } from 'vitest';
import { isOutlier, outlierLimits } from '../../src/results/outliers.js';

const complete = (...values: number[]) => ({ state: 'complete', values }) as const;

test('a complete trial is an outlier by any of its objectives, in its direction', () => {
  const trials = Array.from({ length: 24 }, (_, k) => complete(1 + (k % 7) / 3, (k % 5) - 2));
  trials[3] = complete(1e6, 0);
  trials[4] = complete(1.2e6, 0);
  trials[20] = complete(2, -1e6);
  const limits = outlierLimits(trials, ['minimize', 'maximize']);
  expect(trials.flatMap((trial, k) => (isOutlier(trial, limits) ? [k] : []))).toEqual([3, 4, 20]);
  // What is extremely good is none.
  expect(isOutlier(complete(-1e9, 1e9), limits)).toBe(false);
  expect(isOutlier({ state: 'pruned', values: [1e6, 0] }, limits)).toBe(false);
  expect(isOutlier({ state: 'fail', values: null }, limits)).toBe(false);
});
