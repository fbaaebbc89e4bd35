import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kneeOf } from '../../src/core/knee.js';

test('is where both objectives are good, whatever their units', () => {
  const front = [
    [0, 1],
    [0.1, 0.9],
    [0.2, 0.2],
    [0.9, 0.1],
    [1, 0],
  ];
  expect(kneeOf(front)).toBe(2);
  expect(kneeOf(front.map(([a = 0, b = 0]) => [1e6 * a - 5, 1e-6 * b + 3]))).toBe(2);
});

test('of three objectives', () => {
  expect(
    kneeOf([
      [0, 1, 1],
      [1, 0, 1],
      [0.1, 0.1, 0.1],
      [1, 1, 0],
    ]),
  ).toBe(2);
});

test.each([
  ['no point', []],
  ['one point', [[1, 2]]],
  [
    'two points',
    [
      [0, 1],
      [1, 0],
    ],
  ],
  [
    'a straight front',
    [
      [0, 3],
      [1, 2],
      [2, 1],
      [3, 0],
    ],
  ],
  [
    'a front that bends away',
    [
      [0, 1],
      [0.8, 0.8],
      [1, 0],
    ],
  ],
  ['one objective', [[1], [1], [1]]],
  [
    'points that are not finite',
    [
      [0, 1],
      [0.2, Number.POSITIVE_INFINITY],
      [Number.NaN, 0.1],
      [1, 0],
    ],
  ],
])('none with %s', (_, front) => {
  expect(kneeOf(front)).toBeNull();
});

test('the order of the points and the scale of an objective do not matter', () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }));
  fc.assert(
    fc.property(
      fc.uniqueArray(point, { minLength: 3, maxLength: 12, selector: ([a, b]) => a + b }),
      (front) => {
        const at = kneeOf(front);
        const back = kneeOf([...front].reverse().map(([a, b]) => [8 * a, b]));
        // Equal sums may select another one of the same height.
        expect(back === null).toBe(at === null);
      },
    ),
  );
});
