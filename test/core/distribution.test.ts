import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cardinality,
  categorical,
  contains,
  float,
  fromStored,
  int,
  latticePoint,
  nearest,
  toStored,
  valueAt,
} from '../../src/core/distribution.js';
import { drawUniform } from '../../src/core/draw.js';
import { makeRng } from '../../src/core/rng.js';
import { categoricals, distributions, stepFloats } from './arbitraries.js';

const values = (d: Parameters<typeof valueAt>[0]) =>
  Array.from({ length: cardinality(d) }, (_, k) => valueAt(d, k));

describe('a float', () => {
  test('is its bounds and everything between', () => {
    const d = float(0.1, 0.5);
    expect(cardinality(d)).toBe(Number.POSITIVE_INFINITY);
    expect([0.1, 0.3, 0.5].every((x) => contains(d, x))).toBe(true);
    expect([0.0999, 0.5001, Number.NaN, '0.3', null, true].some((x) => contains(d, x))).toBe(false);
  });

  test('on a lattice has the decimals that people expect', () => {
    expect(values(float(0.1, 0.5, { step: 0.1 }))).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(values(float(-0.3, 0.3, { step: 0.1 }))).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
    expect(latticePoint(-1000.3, 0.1, 10_004)).toBe(0.1);
    expect(latticePoint(0.7, 0.1, 2)).toBe(0.9);
  });

  test('on a lattice ends where the lattice does', () => {
    expect(float(0, 1, { step: 0.3 }).high).toBe(0.9);
    expect(float(0, 0.3, { step: 0.1 }).high).toBe(0.3);
    expect(float(0, 0.05, { step: 0.1 })).toMatchObject({ low: 0, high: 0 });
  });

  test('keeps a low bound that has more digits than a lattice point', () => {
    const d = float(0.1 + 0.2, 1, { step: 0.1 });
    expect(valueAt(d, 0)).toBe(0.1 + 0.2);
    expect(contains(d, valueAt(d, 0))).toBe(true);
  });

  test('with a step below the digits of its bounds keeps its points apart', () => {
    const d = float(1e9, 1e9 + 1e-5, { step: 1e-6 });
    expect(new Set(values(d)).size).toBe(cardinality(d));
  });

  test('refuses what is no range', () => {
    expect(() => float(1, 0)).toThrow('low must not be above high, got 1 and 0');
    expect(() => float(0, 1, { log: true })).toThrow('a log range needs low > 0, got 0');
    expect(() => float(1, 2, { log: true, step: 0.5 })).toThrow('log and step cannot be combined');
    expect(() => float(0, Number.NaN)).toThrow('bounds must be finite');
    expect(() => float(-1e308, 1e308)).toThrow('the range is too wide');
    for (const step of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => float(0, 1, { step })).toThrow('step must be a positive number');
  });
});

describe('an int', () => {
  test('is every step from low, and high is lowered to the last', () => {
    const d = int(16, 100, { step: 32 });
    expect(d.high).toBe(80);
    expect(values(d)).toEqual([16, 48, 80]);
    expect(contains(d, 48)).toBe(true);
    expect([47, 48.5, 112, -16].some((x) => contains(d, x))).toBe(false);
    expect(values(int(-3, 0))).toEqual([-3, -2, -1, 0]);
  });

  test('refuses what is no integer range', () => {
    expect(() => int(0.5, 2)).toThrow('low must be an integer, got 0.5');
    expect(() => int(0, 2 ** 60)).toThrow('high must be an integer');
    expect(() => int(-(2 ** 53) + 1, 2 ** 53 - 1)).toThrow('the range is too wide');
    expect(() => int(0, 4, { step: 0 })).toThrow('step must be at least 1');
    expect(() => int(0, 4, { log: true })).toThrow('a log range needs low > 0');
    expect(() => int(1, 4, { log: true, step: 2 })).toThrow('log and step cannot be combined');
  });
});

describe('a categorical', () => {
  test('is ordered when every choice is a number', () => {
    expect(categorical([32, 16]).ordered).toBe(true);
    expect(categorical([32, '16']).ordered).toBe(false);
    expect(categorical([1, 2], { ordered: false }).ordered).toBe(false);
  });

  test('tells 1, "1" and true apart', () => {
    const d = categorical([1, '1', true, null]);
    expect(d.choices.map((c) => toStored(d, c))).toEqual([0, 1, 2, 3]);
    expect(contains(d, false)).toBe(false);
  });

  test('refuses an empty list, a repeated choice and a number that JSON cannot hold', () => {
    expect(() => categorical([])).toThrow('at least one choice is needed');
    expect(() => categorical(['a', 'b', 'a'])).toThrow('choices must differ from each other');
    expect(() => categorical([null, Number.NaN])).toThrow('choices must be finite numbers, got NaN');
  });

  test('refuses to store what is not among its choices', () => {
    expect(() => toStored(categorical(['a']), 'b')).toThrow('"b" is not among the choices ["a"]');
  });
});

describe('any distribution', () => {
  test('has no negative zero, which JSON would not give back', () => {
    expect(float(-0, 1).low).toBe(0);
    expect(float(-1, -0).high).toBe(0);
    expect(int(-0, 0)).toMatchObject({ low: 0, high: 0 });
    expect(categorical([-0, 1]).choices).toEqual([0, 1]);
    expect(nearest(float(-1, 1), -0)).toBe(0);
    expect(latticePoint(-1, 0.5, 2)).toBe(0);
  });

  test('has distinct values at each place, all inside', () => {
    fc.assert(
      fc.property(distributions, fc.nat(), (d, seed) => {
        const size = cardinality(d);
        fc.pre(Number.isFinite(size));
        const places = [0, seed % size, size - 1, (seed % size) + 1].filter((k) => k < size);
        const got = places.map((k) => valueAt(d, k));
        expect(got.every((value) => contains(d, value))).toBe(true);
        expect(new Set(got).size).toBe(new Set(places).size);
      }),
    );
  });

  test('starts at low and ends at high, ascending', () => {
    fc.assert(
      fc.property(stepFloats, (d) => {
        const size = cardinality(d);
        expect([valueAt(d, 0), valueAt(d, size - 1)]).toEqual([d.low, d.high]);
        const some = Array.from({ length: Math.min(size, 200) }, (_, k) => valueAt(d, k) as number);
        expect(some.every((x, k) => k === 0 || x > (some[k - 1] as number))).toBe(true);
      }),
    );
  });

  test('rounds any number to the nearest value inside', () => {
    fc.assert(
      fc.property(distributions, fc.double({ noNaN: true }), fc.nat(), (d, x, near) => {
        fc.pre(d.kind !== 'categorical');
        for (const asked of [x, d.low + (near % 1000) * ((d.high - d.low) / 999)]) {
          const got = nearest(d, asked);
          expect(contains(d, got)).toBe(true);
          const clipped = Math.min(d.high, Math.max(d.low, asked));
          const slack = 1e-9 * Math.max(1, Math.abs(clipped));
          expect(Math.abs(got - clipped)).toBeLessThanOrEqual((d.step ?? 0) / 2 + slack);
        }
      }),
    );
  });

  test('leaves its own values as they are', () => {
    fc.assert(
      fc.property(distributions, fc.nat(), (d, k) => {
        fc.pre(d.kind !== 'categorical' && Number.isFinite(cardinality(d)));
        const value = valueAt(d, k % cardinality(d)) as number;
        expect(nearest(d, value)).toBe(value);
      }),
    );
  });

  test('stores and restores every value it has', () => {
    fc.assert(
      fc.property(distributions, fc.integer(), (d, seed) => {
        const value = drawUniform(d, makeRng(seed));
        expect(contains(d, value)).toBe(true);
        const stored = toStored(d, value);
        expect(typeof stored).toBe('number');
        expect(fromStored(d, stored)).toBe(value);
      }),
    );
  });

  test('stores a choice as its index', () => {
    fc.assert(
      fc.property(categoricals, (d) => {
        expect(d.choices.map((c) => toStored(d, c))).toEqual(d.choices.map((_, k) => k));
      }),
    );
  });
});

describe('slips of JavaScript', () => {
  test('refuses a misspelt option, which would silently be its default', () => {
    expect(() => float(1, 10, { lgo: true } as never)).toThrow('expected one of log, step, got lgo');
    expect(() => int(1, 10, { stpe: 2 } as never)).toThrow('got stpe');
    expect(() => categorical([1, 2], { log: true } as never)).toThrow('got log');
  });

  test('refuses choices that a database cannot give back', () => {
    expect(() => categorical([{ a: 1 }, { a: 2 }] as never)).toThrow('got {"a":1}');
    expect(() => categorical([undefined, 1] as never)).toThrow('got undefined');
  });
});
