import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparePaired } from '../../src/results/paired-comparison.js';
import { twoSidedQuantile, twoSidedTail } from '../../src/results/student-t.js';

describe("Student's t agrees with scipy 1.17", () => {
  // 2 * scipy.stats.t.sf(abs(t), freedom)
  test.each([
    [0.5, 1, 0.7048327646991335],
    [2, 3, 0.13932596855884305],
    [2.776, 4, 0.05002277831997642],
    [-1.3, 9, 0.22590637267304933],
    [10, 2, 0.00985245702332569],
    [0, 5, 1],
    [40, 30, 1.3726045194406417e-27],
    [0.001, 100, 0.9992041077601035],
  ])('t = %d with %d degrees of freedom', (t, freedom, tail) => {
    expect(Math.abs(twoSidedTail(t, freedom) / tail - 1)).toBeLessThan(1e-11);
  });

  // scipy.stats.t.isf(chance / 2, freedom)
  test.each([
    [0.05, 1, 12.706204736174705],
    [0.05, 2, 4.302652729749464],
    [0.05, 4, 2.7764451051977943],
    [0.01, 9, 3.2498355415921263],
    [0.05, 1000, 1.9623390808264085],
  ])('a chance of %d with %d degrees of freedom', (chance, freedom, t) => {
    expect(Math.abs(twoSidedQuantile(chance, freedom) / t - 1)).toBeLessThan(1e-11);
  });

  test('the quantile is where the tail is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (chance, freedom) => {
          expect(twoSidedTail(twoSidedQuantile(chance, freedom), freedom)).toBeCloseTo(chance, 9);
        },
      ),
    );
  });
});

const seeded = (values: readonly number[]) => values.map((value, seed) => ({ seed, value }));

test('the paired test and its interval are those of scipy.stats.ttest_rel', () => {
  const found = comparePaired(seeded([0.31, 0.28, 0.35, 0.3, 0.29]), seeded([0.27, 0.26, 0.33, 0.31, 0.24]));
  expect(found.pValue).toBeCloseTo(0.08015667421022195, 12);
  expect(found.interval?.[0]).toBeCloseTo(-0.052585251909870206, 12);
  expect(found.interval?.[1]).toBeCloseTo(0.004585251909870237, 12);
  expect(found).toMatchObject({ isTooFew: false, pairs: { length: 5 } });
});

test('only seeds that both have count, each once; fewer than three are too few', () => {
  const a = [...seeded([1, 2]), { seed: 0, value: 9 }, { seed: null, value: 3 }, { seed: 7, value: 1 }];
  const found = comparePaired(a, [
    { seed: 0, value: 2 },
    { seed: 8, value: 5 },
  ]);
  expect(found).toEqual({
    pairs: [{ seed: 0, a: 1, b: 2 }],
    difference: 1,
    interval: null,
    pValue: null,
    isTooFew: true,
  });
  expect(comparePaired([], []).difference).toBeNull();
});

const value = fc.double({ min: -100, max: 100, noNaN: true });

test('turned around, the difference turns around and the chance stays; a shift of both changes nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 12 }), value, (pairs, shift) => {
      const [a, b] = [seeded(pairs.map(([x]) => x)), seeded(pairs.map(([, y]) => y))];
      const [one, other] = [comparePaired(a, b), comparePaired(b, a)];
      expect(one.difference).toBeCloseTo(-(other.difference ?? Number.NaN), 9);
      expect(one.pValue).toBeCloseTo(other.pValue ?? Number.NaN, 9);
      expect(one.interval?.[0]).toBeLessThanOrEqual(one.difference ?? Number.NaN);
      expect(one.interval?.[1]).toBeGreaterThanOrEqual(one.difference ?? Number.NaN);
      const moved = (of: typeof a) => of.map((each) => ({ ...each, value: each.value + shift }));
      expect(comparePaired(moved(a), moved(b)).difference).toBeCloseTo(one.difference ?? Number.NaN, 9);
      // The interval holds zero where the chance is above 5 percent, and only there.
      const [low, high] = one.interval ?? [0, 0];
      if (Math.abs((one.pValue ?? 0) - 0.05) > 1e-6)
        expect(low <= 0 && high >= 0).toBe((one.pValue ?? 0) > 0.05);
    }),
  );
});
