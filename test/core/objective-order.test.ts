import { expect, test } from 'vitest';
import { compareValues, toMinimization, weaklyDominates } from '../../src/core/objective-order.js';

test('losses are minimized, whatever the direction; nothing and NaN are the worst', () => {
  expect(toMinimization([1, 2], ['minimize', 'maximize'])).toEqual([1, -2]);
  const inf = Number.POSITIVE_INFINITY;
  expect(toMinimization([Number.NaN, -inf], ['maximize', 'maximize'])).toEqual([inf, inf]);
  expect(toMinimization(null, ['minimize', 'maximize'])).toEqual([inf, inf]);
});

test('equal losses are not larger than each other', () => {
  expect(weaklyDominates([1, 2], [1, 2])).toBe(true);
  expect(weaklyDominates([1, 2], [1, 3])).toBe(true);
  expect(weaklyDominates([1, 2], [2, 1])).toBe(false);
});

test('values are ranked in their direction, infinite ones too, and NaN last', () => {
  const inf = Number.POSITIVE_INFINITY;
  const values = [Number.NaN, inf, 1, -inf, 0];
  const ranked = (direction: 'minimize' | 'maximize') =>
    values.toSorted((a, b) => compareValues(a, b, direction));
  expect(ranked('minimize')).toEqual([-inf, 0, 1, Number.NaN, inf]);
  expect(ranked('maximize')).toEqual([inf, 1, 0, Number.NaN, -inf]);
});
