import { expect, test } from 'vitest';
import { noneLarger, toLosses } from '../../src/core/losses.js';

test('losses are minimised, whatever the direction; nothing and NaN are the worst', () => {
  expect(toLosses([1, 2], ['minimize', 'maximize'])).toEqual([1, -2]);
  const inf = Number.POSITIVE_INFINITY;
  expect(toLosses([Number.NaN, -inf], ['maximize', 'maximize'])).toEqual([inf, inf]);
  expect(toLosses(null, ['minimize', 'maximize'])).toEqual([inf, inf]);
});

test('equal losses are not larger than each other', () => {
  expect(noneLarger([1, 2], [1, 2])).toBe(true);
  expect(noneLarger([1, 2], [1, 3])).toBe(true);
  expect(noneLarger([1, 2], [2, 1])).toBe(false);
});
