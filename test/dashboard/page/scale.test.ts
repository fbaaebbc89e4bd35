import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeOf, type Scale, ticksOf, valueAt } from '../../../src/dashboard/page/store/scale.js';
import { formatDuration, formatNumber } from '../../../src/dashboard/page/text.js';

const scale = (low: number, high: number, log = false): Scale => ({
  low,
  high,
  log,
  choices: null,
  isWhole: false,
  clipped: 0,
});

describe('a scale', () => {
  test('leads from a place to a value and back', () => {
    const bounds = fc.tuple(
      fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
      fc.double({ min: 1.1, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(
        bounds,
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ([low, factor], log, place) => {
          const each = scale(low, low * factor, log);
          expect(placeOf(each, valueAt(each, place))).toBeCloseTo(place, 6);
        },
      ),
    );
  });

  test('has few ticks, inside, in order, with labels that differ', () => {
    const bounds = fc.tuple(
      fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
      fc.double({ min: 1.1, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(bounds, fc.boolean(), fc.integer({ min: 2, max: 9 }), ([low, factor], log, limit) => {
        const ticks = ticksOf(scale(low, low * factor, log), limit);
        expect(ticks.length).toBeLessThanOrEqual(limit + 2);
        expect(ticks.every(({ at }) => at >= 0 && at <= 1)).toBe(true);
        expect(ticks.map(({ at }) => at)).toEqual(ticks.map(({ at }) => at).toSorted((a, b) => a - b));
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
      }),
    );
  });

  test('has whole powers of ten when it is logarithmic', () => {
    expect(ticksOf(scale(1e-5, 1, true), 6).map(({ label }) => label)).toEqual([
      '1e\u22125',
      '0.0001',
      '0.001',
      '0.01',
      '0.1',
      '1',
    ]);
  });

  test('draws outliers at its ends, and has no place for what a logarithm does not have', () => {
    expect(placeOf(scale(1, 2), 99)).toBe(1);
    expect(placeOf(scale(1, 2), -99)).toBe(0);
    expect(placeOf(scale(1, 2, true), -1)).toBeNaN();
    expect(placeOf(scale(1, 2), Number.NaN)).toBeNaN();
  });
});

describe('numbers', () => {
  test.each([
    [0.123456, '0.1235'],
    [123456.7, '123500'],
    [0.00001234, '1.234e\u22125'],
    [-0.5, '\u22120.5'],
    [12, '12'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '\u221e'],
  ])('have four significant digits: %d', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test.each([
    [40, '40 ms'],
    [4_200, '4.2 s'],
    [125_000, '2 min 5 s'],
    [7_500_000, '2 h 5 min'],
  ])('of milliseconds have units: %d', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
