import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { percentile } from '../../src/core/stats.js';
import { countText, distinctTexts, numberText } from '../../src/plots/number-text.js';
import { NO_LIMITS, outlierLimits } from '../../src/plots/outliers.js';
import { allTones, toneColor } from '../../src/plots/palette.js';
import { ABSENT_SHARE, categoryAxis, extentOf, makePosition, valueAxis } from '../../src/plots/scale.js';
import { evenly, thin } from '../../src/plots/thin.js';
import { makeTicks } from '../../src/plots/ticks.js';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

const axisOver = (values: readonly number[], scale: 'linear' | 'log', absent: string | null = null) =>
  valueAxis({ label: 'x', scale, extent: extentOf(values, scale), isWhole: false, absent, isTight: false });

describe('an axis', () => {
  test('has a place for every value it was made for, in their order', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 20 }), fc.boolean(), (values, isLog) => {
        const shown = isLog ? values.filter((value) => value > 1e-300) : values;
        const place = makePosition(axisOver(values, isLog ? 'log' : 'linear'));
        const places = shown
          .toSorted((a, b) => a - b)
          .filter((v) => Math.abs(v) < 8e307)
          .map(place);
        for (const [k, each] of places.entries()) {
          expect(each).toBeGreaterThanOrEqual(0);
          expect(each).toBeLessThanOrEqual(1);
          expect(each).toBeGreaterThanOrEqual(places[k - 1] ?? 0);
        }
      }),
    );
  });

  test('keeps a place of its own for what has no value', () => {
    const place = makePosition(axisOver([1, 5], 'linear', 'not set'));
    expect(place(Number.NaN)).toBeLessThan(ABSENT_SHARE / 2);
    expect(place(1)).toBeGreaterThan(ABSENT_SHARE);
    expect(makePosition(axisOver([1, 5], 'linear'))(Number.NaN)).toBeNaN();
  });

  test('gives each category the same width', () => {
    const place = makePosition(categoryAxis('opt', ['a', 'b', 'c', 'd'], null));
    expect([0, 1, 2, 3].map(place)).toEqual([0.125, 0.375, 0.625, 0.875]);
  });
});

describe('ticks', () => {
  const labels = (scale: 'linear' | 'log' | 'time', low: number, high: number, isWhole = false) =>
    makeTicks({ scale, domain: [low, high], count: 6, isWhole }).map(({ label }) => label);

  test('are decades on a log axis, fewer where there are many', () => {
    expect(labels('log', 1e-6, 1)).toEqual(['1e-6', '1e-5', '0.0001', '0.001', '0.01', '0.1', '1']);
    expect(labels('log', 1, 100)).toEqual(['1', '2', '5', '10', '20', '50', '100']);
    expect(labels('log', 1e-30, 1e30).length).toBeLessThan(9);
    expect(labels('log', 2, 3).length).toBeGreaterThan(2);
  });

  test('are whole where values are, and calendar times of UTC', () => {
    expect(labels('linear', 0, 3, true)).toEqual(['0', '1', '2', '3']);
    expect(labels('time', 0, 86_400_000)).toContain('12 PM');
  });

  test('differ in their text', () => {
    expect(distinctTexts([0.123456, 0.123457])).toEqual(['0.123456', '0.123457']);
    expect(new Set(labels('linear', 1000.0001, 1000.0002)).size).toBeGreaterThan(2);
  });
});

test('numbers have four digits', () => {
  expect([0.123456, 12345.678, 1e-7, 2.5e12, -0, 100_000].map((value) => numberText(value))).toEqual([
    '0.1235',
    '12350',
    '1e-7',
    '2.5e12',
    '0',
    '100000',
  ]);
  expect(numberText(Number.NaN)).toBe('nan');
  expect(countText(1234567)).toBe('1,234,567');
});

describe('outliers', () => {
  const usual = Array.from({ length: 40 }, (_, k) => 1 + k / 40);
  const both = { direction: null, isLog: false } as const;

  test('are cut off on the bad side alone', () => {
    const [high, low] = [
      [...usual, 1000],
      [...usual, -1000],
    ];
    const minimize = { direction: 'minimize', isLog: false } as const;
    const maximize = { direction: 'maximize', isLog: false } as const;
    expect(outlierLimits(high, minimize).high).toBeLessThan(10);
    expect(outlierLimits(low, minimize)).toEqual(NO_LIMITS);
    expect(outlierLimits(high, maximize)).toEqual(NO_LIMITS);
    expect(outlierLimits(low, maximize).low).toBeGreaterThan(-10);
    expect(outlierLimits(high, both).high).toBeLessThan(10);
    expect(outlierLimits(low, both).low).toBeGreaterThan(-10);
  });

  test('are none among few values, equal ones, or ones that only a log axis spreads', () => {
    expect(outlierLimits([1, 2, 1e9], both).high).toBe(Number.POSITIVE_INFINITY);
    expect(outlierLimits(Array<number>(50).fill(3), both).high).toBe(Number.POSITIVE_INFINITY);
    const decades = Array.from({ length: 40 }, (_, k) => 10 ** (k / 4));
    expect(outlierLimits(decades, { direction: null, isLog: true }).high).toBe(Number.POSITIVE_INFINITY);
  });

  test('are never the middle of the values', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 8 }), (values) => {
        const { low, high } = outlierLimits(values, both);
        expect(percentile(values, 25)).toBeGreaterThanOrEqual(low);
        expect(percentile(values, 75)).toBeLessThanOrEqual(high);
      }),
    );
  });
});

test('many points that lie on one another are drawn once, few are all drawn', () => {
  const rows = [...Array(20_000).keys()];
  expect(
    thin(
      rows,
      () => 0.5,
      () => 0.5,
    ),
  ).toEqual([0]);
  expect(
    thin(
      rows.slice(0, 100),
      () => 0.5,
      () => 0.5,
    ),
  ).toHaveLength(100);
  expect(evenly(rows, 3)).toEqual([0, 10_000, 19_999]);
});

test('every tone has colors that stand out from their page', () => {
  const luminance = (hex: string) => {
    const channels = /^#/.test(hex)
      ? [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
      : (hex.match(/\d+/g) ?? []).map(Number);
    const [r = 0, g = 0, b = 0] = channels.map((c) =>
      c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  for (const tone of allTones()) {
    const { light, dark } = toneColor(tone);
    // The worst values of a scale may be faint.
    const least = tone.startsWith('shade-') ? 1.4 : 2.7;
    expect(contrast(luminance(light), luminance('#ffffff')), tone).toBeGreaterThan(least);
    expect(contrast(luminance(dark), luminance('#14171c')), tone).toBeGreaterThan(least);
  }
});
