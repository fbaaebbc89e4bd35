import fc from 'fast-check';
import { expect, test } from 'vitest';
import { upperQuantile, upperTail } from '../../../src/core/normal.js';
import { shiftToMargin } from '../../../src/samplers/cmaes/margin.js';

test('the tail and its quantile agree with the tables, and with each other', () => {
  for (const [x, p] of [
    [0, 0.5],
    [1, 0.158655253931457],
    [1.959963984540054, 0.025],
    [3, 0.001349898031630095],
    [5, 2.866515718791939e-7],
  ] as const) {
    expect(upperTail(x) / p).toBeCloseTo(1, 12);
    expect(upperQuantile(p)).toBeCloseTo(x, 9);
    expect(upperTail(-x)).toBeCloseTo(1 - p, 12);
  }
});

test('each side of a cell keeps its chance, and what has enough is left alone', () => {
  const alpha = 0.02;
  const cell = fc.tuple(fc.nat({ max: 9 }), fc.constantFrom(2, 5, 10)).map(([k, count]) => {
    const at = k % count;
    return { low: at / count, high: (at + 1) / count };
  });
  fc.assert(
    fc.property(
      cell,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.integer({ min: -12, max: 0 }),
      ({ low, high }, share, exponent) => {
        const mean = low + share * (high - low);
        const deviation = Number(`1e${exponent}`);
        const kept = shiftToMargin(mean, deviation, [low, high], alpha);
        const below = low === 0 ? null : upperTail((kept.mean - low) / (deviation * kept.widening));
        const above = high === 1 ? null : upperTail((high - kept.mean) / (deviation * kept.widening));
        const least = below === null || above === null ? alpha : alpha / 2;
        for (const side of [below, above]) if (side !== null) expect(side).toBeGreaterThan(least * 0.999);
        const [was, is] = [upperTail((mean - low) / deviation), upperTail((high - mean) / deviation)];
        if (Math.min(was, is) > alpha) expect(kept).toEqual({ mean, widening: 1 });
        expect(kept.mean).toBeGreaterThanOrEqual(low);
        expect(kept.mean).toBeLessThanOrEqual(high);
      },
    ),
    { numRuns: 400 },
  );
});
