import { expect, test } from 'vitest';
import type { Direction } from '../../src/core/trial.js';
import { combine, type TrialResult } from '../../src/results/combine.js';
import { bestIn, front, ranked } from '../../src/results/ranking.js';

type Ended = TrialResult & { readonly number: number };
const complete = (number: number, values: readonly number[], violations: readonly number[] = []): Ended => ({
  number,
  state: 'complete',
  values,
  violations,
});
const pruned = (number: number, value: number): Ended => ({ ...complete(number, [value]), state: 'pruned' });
const failed = (number: number): Ended => ({ number, state: 'fail', values: null, violations: [] });
const config = (...trials: Ended[]) => ({ ...combine(trials), trials });

const rules = (repeats: number, ...directions: Direction[]) => ({ directions, repeats });
const numbers = (configs: readonly { readonly trials: readonly Ended[] }[]) =>
  configs.map(({ trials }) => trials[0]?.number);

test('what keeps every limit comes before what breaks one, whatever its value', () => {
  const configs = [
    config(complete(0, [-100], [2])),
    config(complete(1, [5], [-1])),
    config(complete(2, [-50], [0.5])),
    config(complete(3, [4])),
    config(complete(4, [-200], [Number.NaN])),
  ];
  expect(numbers(ranked(configs, rules(1, 'minimize')))).toEqual([3, 1, 4, 0, 2]);
});

test('the mean over all repeats counts, before that of fewer, which may be luck', () => {
  const configs = [
    config(complete(0, [1]), complete(1, [1])),
    config(complete(2, [0.1]), failed(3)),
    config(complete(4, [0]), complete(5, [1.8])),
  ];
  expect(numbers(ranked(configs, rules(2, 'minimize')))).toEqual([4, 0, 2]);
  expect(numbers(ranked(configs, rules(2, 'maximize')))).toEqual([0, 4, 2]);
});

test('pruned, failed and infinitely good ones have no result, but a complete repeat counts; infinitely bad is the last', () => {
  const inf = Number.POSITIVE_INFINITY;
  const configs = [
    config(pruned(0, -9)),
    config(failed(1)),
    config(complete(2, [inf])),
    config(complete(3, [-inf])),
    config(complete(4, [1])),
    config(complete(5, [1]), pruned(6, -9)),
  ];
  expect(numbers(ranked(configs, rules(1, 'minimize')))).toEqual([4, 5, 2]);
  expect(numbers(ranked(configs, rules(1, 'maximize')))).toEqual([4, 5, 3]);
});

test('of equals the older trial comes first', () => {
  const configs = [config(complete(7, [1])), config(complete(3, [1])), config(complete(5, [1]))];
  expect(numbers(ranked(configs, rules(1, 'maximize')))).toEqual([3, 5, 7]);
});

test('the front holds what keeps every limit and none dominates, of whole configurations where there are any', () => {
  const both = rules(2, 'minimize', 'maximize');
  const whole = (first: number, a: number, b: number, by: readonly number[] = []) =>
    config(complete(first, [a, b], by), complete(first + 1, [a, b], by));
  const configs = [
    whole(0, 3, 3),
    whole(2, 1, 1),
    whole(4, 2, 0.5),
    // A lucky seed, and one that breaks a limit.
    config(complete(6, [0, 9]), failed(7)),
    whole(8, 0, 9, [0.1]),
    whole(10, Number.NEGATIVE_INFINITY, 9),
  ];
  const found = front(configs, both);
  expect(numbers(found)).toEqual([2, 0]);
  expect(bestIn(found, 1, both.directions)?.trials[0]?.number).toBe(0);
  expect(numbers(front(configs.slice(3, 4), both))).toEqual([6]);
  expect(bestIn([], 0, both.directions)).toBeNull();
});
