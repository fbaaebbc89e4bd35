import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mean, percentile, standardDeviation } from '../../src/core/stats.js';

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });

test('mean and sample standard deviation, by hand', () => {
  expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
  expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(standardDeviation([3, 3])).toBe(0);
  expect(standardDeviation([3])).toBeNull();
  expect(mean([])).toBeNaN();
});

describe('a percentile', () => {
  test.each([
    // numpy.percentile of the same.
    [[1, 2, 3, 4], 50, 2.5],
    [[1, 2, 3, 4], 25, 1.75],
    [[4, 1, 3], 50, 3],
    [[1, 2, 3, 4, 10], 90, 7.6000000000000005],
    [[0.1, 0.7], 50, 0.39999999999999997],
    [[5], 10, 5],
    [[1, 2], 0, 1],
    [[1, 2], 100, 2],
  ])('of %j at %d is %d', (values, percent, expected) => {
    expect(percentile(values, percent)).toBe(expected);
  });

  test('leaves NaN out and stands infinities', () => {
    expect(percentile([Number.NaN, 1, 3], 50)).toBe(2);
    expect(percentile([Number.NaN], 50)).toBeNaN();
    expect(percentile([], 50)).toBeNaN();
    const inf = Number.POSITIVE_INFINITY;
    expect(percentile([inf, inf], 50)).toBe(inf);
    expect(percentile([-inf, 1, inf], 50)).toBe(1);
    for (const percent of [25, 50, 75]) {
      expect(percentile([1, inf], percent)).toBe(inf);
      expect(percentile([-inf, 1], percent)).toBe(-inf);
    }
    expect(percentile([-1e308, 1e308], 25)).toBeCloseTo(-0.5e308, -300);
  });

  test('lies between neighbors, and does not change its argument', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 100, noNaN: true }), (values, percent) => {
        const before = [...values];
        const got = percentile(values, percent);
        expect(values).toEqual(before);
        const sorted = [...values].sort((a, b) => a - b);
        const at = (sorted.length - 1) * (percent / 100);
        const slack = 1e-9 * 1e6;
        expect(got).toBeGreaterThanOrEqual((sorted[Math.floor(at)] as number) - slack);
        expect(got).toBeLessThanOrEqual((sorted[Math.ceil(at)] as number) + slack);
      }),
    );
  });
});
