import fc from 'fast-check';
import { expect, test } from 'vitest';
import { upperTail } from '../../src/core/normal.js';
import { twoSidedT } from '../../src/core/student-t.js';

const positive = fc.double({ min: 0, max: 1e6, noNaN: true });

test('agrees with the closed forms of one and two degrees of freedom, and with the normal of many', () => {
  fc.assert(
    fc.property(positive, (t) => {
      expect(twoSidedT(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 9);
      expect(twoSidedT(t, 2)).toBeCloseTo(1 - t / Math.sqrt(t * t + 2), 9);
      expect(twoSidedT(-t, 2)).toBe(twoSidedT(t, 2));
    }),
  );
  expect(twoSidedT(1.96, 1e7)).toBeCloseTo(2 * upperTail(1.96), 6);
});

test('keeps its digits for a t near 0', () => {
  for (const t of [1e-12, 7.07106761188202e-10, 1e-6])
    expect((1 - twoSidedT(t, 2)) / (t / Math.sqrt(t * t + 2))).toBeCloseTo(1, 3);
});

test('agrees with the tables', () => {
  const critical = [12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.306, 2.26216, 2.22814];
  for (const [k, t] of critical.entries()) expect(twoSidedT(t, k + 1)).toBeCloseTo(0.05, 5);
});

test('is a probability, smaller for a larger t', () => {
  fc.assert(
    fc.property(positive, positive, fc.double({ min: 0.1, max: 1e4, noNaN: true }), (a, b, df) => {
      const [small, large] = [twoSidedT(Math.min(a, b), df), twoSidedT(Math.max(a, b), df)];
      expect(large).toBeGreaterThanOrEqual(0);
      expect(small).toBeLessThanOrEqual(1 + 1e-12);
      expect(large).toBeLessThanOrEqual(small + 1e-9);
    }),
  );
  expect(twoSidedT(0, 5)).toBe(1);
  expect(twoSidedT(Number.POSITIVE_INFINITY, 5)).toBe(0);
});
