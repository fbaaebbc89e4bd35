import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outlierLimit } from '../../src/core/outliers.js';
import { makeRng } from '../../src/core/rng.js';

/** Squared distances of random points, as an objective has them before a search has found its way. */
function usual(count: number, seed: number): number[] {
  const rng = makeRng(seed, 'usual');
  return Array.from({ length: count }, () =>
    [0, 1, 2].reduce((sum, k) => sum + 10 ** k * (rng.float() * 4 - 1) ** 2, 0.1),
  );
}

describe('outliers', () => {
  test('are what lies far above all other values, whether the same or not, early or late', () => {
    for (let seed = 0; seed < 50; seed++) {
      const rng = makeRng(seed, 'where');
      const values = usual(32, seed);
      const limit = Math.max(...values);
      const at = Array.from({ length: 8 }, () => rng.int(32));
      const mixed = values.map((value, k) => (at.includes(k) ? 1e6 * (1 + rng.float()) : value));
      const most = Math.max(...mixed.filter((value) => value < 1e6));
      // A single one needs a wider gap than several.
      if (new Set(at).size > 1) expect(outlierLimit(mixed)).toBe(most);
      expect(most).toBeLessThanOrEqual(limit);
      expect(outlierLimit(values)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test('are there too where the search has come close to the best value', () => {
    const values = [...usual(10, 3), ...Array.from({ length: 22 }, (_, k) => 0.1 + 2 ** -k)];
    const mixed = values.map((value, k) => (k % 4 === 1 ? 1e6 : value));
    expect(outlierLimit(mixed)).toBeLessThan(1e3);
  });

  test.each([7, 13, 31, 60])('do not lie among %d values that spread over six decades', (count) => {
    const decades = Array.from({ length: count }, (_, k) => 10 ** ((6 * k) / (count - 1) - 3));
    expect(outlierLimit(decades)).toBe(Number.POSITIVE_INFINITY);
    expect(outlierLimit(decades.toReversed())).toBe(Number.POSITIVE_INFINITY);
    expect(outlierLimit(decades.map((value) => 5 + value))).toBe(Number.POSITIVE_INFINITY);
  });

  test('are rare among random values of six decades, and those of a search that has found the lowest of them', () => {
    let found = 0;
    for (let seed = 0; seed < 400; seed++) {
      const rng = makeRng(seed, 'decades');
      const random = Array.from({ length: 32 }, () => 10 ** (6 * rng.float()));
      const search = random.map((value, k) => (k < 10 ? value : 1 + (value / 1e6) * 0.7 ** k));
      for (const values of [random, search]) if (outlierLimit(values) < Number.POSITIVE_INFINITY) found++;
    }
    expect(found / 800).toBeLessThan(0.04);
  });

  test('infinite values are outliers; with too few values nothing is', () => {
    const values = usual(12, 1);
    expect(outlierLimit([...values, Number.POSITIVE_INFINITY])).toBe(Math.max(...values));
    expect(outlierLimit([1, 1, 1, 1, 1e9])).toBe(Number.POSITIVE_INFINITY);
    expect(outlierLimit([])).toBe(Number.POSITIVE_INFINITY);
    expect(outlierLimit(Array.from({ length: 20 }, () => 3))).toBe(Number.POSITIVE_INFINITY);
  });

  test('at least half of the values are none, and scaling or moving all changes nothing', () => {
    const value = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constant(1e9));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (values) => {
        const limit = outlierLimit(values);
        expect(values.filter((each) => each > limit).length).toBeLessThanOrEqual(values.length / 2);
        const scaled = outlierLimit(values.map((each) => 4 * each));
        expect(scaled).toBe(4 * limit);
      }),
    );
  });
});
