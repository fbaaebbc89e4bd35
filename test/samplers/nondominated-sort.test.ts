import { expect, test } from 'vitest';
import type { ConfigView } from '../../src/core/study-view.js';
import { bestByFronts } from '../../src/samplers/nondominated-sort.js';
import { config, viewOf } from './support.js';

const at = (index: number, values: readonly number[], more = {}) =>
  config(index, { x: index }, { values, ...more });
const both = ['minimize', 'minimize'] as const;
const chosen = (
  configs: readonly ConfigView[],
  size: number,
  directions: readonly ('minimize' | 'maximize')[] = both,
) => bestByFronts(viewOf(configs, directions), size).map((member) => member.config.index);

test('front after front, and of the last one the least crowded', () => {
  const configs = [
    at(0, [5, 5]),
    at(1, [0, 4]),
    at(2, [1, 3]),
    at(3, [1.2, 2.8]),
    at(4, [4, 0]),
    at(5, [2, 6]),
  ];
  expect(chosen(configs, 3)).toEqual([1, 4, 3]);
  expect(chosen(configs, 4)).toEqual([1, 4, 3, 2]);
  expect(chosen(configs, 99)).toEqual([1, 4, 3, 2, 0, 5]);
  expect(chosen([at(0, [1, 1]), at(1, [2, 2])], 1, ['maximize', 'maximize'])).toEqual([1]);
});

test('what is feasible comes before what was pruned, and that before what breaks constraints by little or much', () => {
  const configs = [
    at(0, [0, 0], { violations: [2, -1] }),
    at(1, [9, 9]),
    at(2, [1, 1], { state: 'pruned', steps: [[1, 1]] }),
    at(3, [5, 5], { violations: [0.5, 0.5] }),
    at(4, [8, 8], { state: 'pruned', steps: [[3, 8]] }),
    at(5, [0, 0], { violations: [Number.NaN] }),
    at(6, [10, 8], { violations: [0, -3] }),
  ];
  expect(chosen(configs, 99)).toEqual([1, 6, 4, 2, 3, 0, 5]);
});

test('failures have no place, and of what still runs only what finished repeats tell', () => {
  const configs = [
    config(0, { x: 0 }, { state: 'fail' }),
    { ...at(1, [1, 1]), state: 'running' as const },
    at(2, [2, 2]),
    at(3, [3]),
    { ...at(4, [0, 0]), state: 'running' as const, trialCount: 0 },
  ];
  expect(chosen(configs, 99)).toEqual([1, 2]);
});

test('with one objective the best values, ties by age', () => {
  const configs = [3, 1, 2, 1].map((value, index) => at(index, [value]));
  expect(chosen(configs, 3, ['minimize'])).toEqual([1, 3, 2]);
});
