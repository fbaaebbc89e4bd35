import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partMeans, sparkline } from '../../src/core/sparkline.js';

test.each([
  [[1, 2, 3], '▁▅█'],
  [[5, 5], '▅▅'],
  [[], ''],
  [[Number.NaN, 1, Number.POSITIVE_INFINITY, 0], ' █ ▁'],
  [[-Number.MAX_VALUE, Number.MAX_VALUE], '▅▅'],
])('the line of %j is %j', (values, line) => {
  expect(sparkline(values)).toBe(line);
});

test('a terminal with ASCII alone gets ASCII', () => {
  expect(sparkline([1, 2, 3], false)).toBe('_=#');
});

test('a series has as many parts as wanted or fewer, each between the lowest and the highest value', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 1 }), fc.integer({ min: 1, max: 50 }), (values, count) => {
      const parts = partMeans(values, count);
      expect(parts).toHaveLength(Math.min(count, values.length));
      expect(Math.min(...parts)).toBeGreaterThanOrEqual(Math.min(...values) - 1e-3);
      expect(Math.max(...parts)).toBeLessThanOrEqual(Math.max(...values) + 1e-3);
      if (count >= values.length) expect(parts).toEqual(values.map((value) => value + 0));
    }),
  );
});
