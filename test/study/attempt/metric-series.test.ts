import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reduce } from '../../../src/core/spec.js';
import type { Direction } from '../../../src/core/trial.js';
import { MetricSeries } from '../../../src/study/attempt/metric-series.js';

type Point = readonly [step: number | null, value: number];

function track(points: readonly Point[], reduce: Reduce = 'last', direction: Direction = 'minimize') {
  const made = new MetricSeries({ metric: 'loss', direction, reduce });
  for (const [step, value] of points) made.note({ name: 'loss', step, value });
  return made;
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

test.each<[string, readonly Point[], Reduce, Direction, number | null]>([
  ['nothing was reported', [], 'last', 'minimize', null],
  [
    'last is the value of the highest step',
    [
      [1, 3],
      [3, 1],
      [2, 2],
    ],
    'last',
    'minimize',
    1,
  ],
  [
    'under last a final value wins',
    [
      [1, 3],
      [null, 9],
      [2, 2],
    ],
    'last',
    'minimize',
    9,
  ],
  [
    'the newest of several final values counts',
    [
      [null, 9],
      [null, 8],
    ],
    'last',
    'minimize',
    8,
  ],
  [
    'best is the lowest when minimizing',
    [
      [1, 3],
      [2, 1],
      [3, 2],
    ],
    'best',
    'minimize',
    1,
  ],
  [
    'best is the highest when maximizing',
    [
      [1, 3],
      [2, 1],
      [3, 2],
    ],
    'best',
    'maximize',
    3,
  ],
  [
    'best passes over NaN',
    [
      [1, nan],
      [2, 5],
    ],
    'best',
    'minimize',
    5,
  ],
  ['best of nothing but NaN is NaN', [[1, nan]], 'best', 'minimize', nan],
  [
    'best works on steps alone',
    [
      [1, 3],
      [null, 0],
    ],
    'best',
    'minimize',
    3,
  ],
  [
    'mean is over the steps',
    [
      [1, 3],
      [2, 1],
    ],
    'mean',
    'minimize',
    2,
  ],
  [
    'mean of a NaN is NaN',
    [
      [1, 3],
      [2, nan],
    ],
    'mean',
    'minimize',
    nan,
  ],
  [
    'mean works on steps alone',
    [
      [1, 4],
      [null, 0],
    ],
    'mean',
    'minimize',
    4,
  ],
  ['a lone final value is the value, however steps are reduced', [[null, 4]], 'mean', 'minimize', 4],
  [
    'a step told twice counts once, with its last value',
    [
      [1, 9],
      [1, 3],
      [2, 1],
    ],
    'mean',
    'minimize',
    2,
  ],
  ['infinity is a value', [[1, inf]], 'last', 'minimize', inf],
  [
    'a NaN at the end is the last value',
    [
      [1, 3],
      [2, nan],
    ],
    'last',
    'minimize',
    nan,
  ],
])('%s', (_, points, reduce, direction, value) => {
  expect(track(points, reduce, direction).value()).toBe(value);
});

test('other metrics are none of its business', () => {
  const made = track([[1, 3]]);
  expect(made.note({ name: 'accuracy', step: 2, value: 0 })).toBe(false);
  expect(made.note({ name: 'loss', step: 2, value: 1 })).toBe(true);
  expect([...made.steps()]).toEqual([
    [1, 3],
    [2, 1],
  ]);
});

test('a pruned trial is worth its newest value that is a number', () => {
  expect(
    track([
      [1, 3],
      [2, 5],
      [3, nan],
    ]).lastFeasible(),
  ).toBe(5);
  expect(
    track([
      [1, nan],
      [null, 2],
    ]).lastFeasible(),
  ).toBeNull();
});

test('steps stand in ascending order with their last values, in whatever order they come', () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.double());
  fc.assert(
    fc.property(fc.array(point), (points) => {
      const expected = [...new Map(points)].sort(([a], [b]) => a - b);
      expect([...track(points).steps()]).toEqual(expected);
    }),
  );
});
