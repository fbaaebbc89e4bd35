import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categorical, float, int } from '../../src/core/distribution.js';
import type { JsonValue } from '../../src/core/trial.js';
import {
  decodeNumber,
  decodeState,
  decodeTime,
  encodeNumber,
  encodeState,
  encodeTime,
} from '../../src/storage/codec.js';
import { decodeDistribution, encodeDistribution } from '../../src/storage/distributions.js';
import { fromPythonJson, pythonFloat, toPythonJson } from '../../src/storage/python-json.js';

const number = fc.double().filter((x) => !Object.is(x, -0));
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    number,
    fc.string({ unit: 'binary' }),
    fc.constantFrom('NaN', 'n', 's', '"NaN', 'Infinity', '-Infinity', '\\'),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('NaN', '__proto__', 'n')), tie('value')),
  ),
})).value;

describe("Python's JSON", () => {
  test('whatever is written is read again, NaN and infinities included', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(fromPythonJson(toPythonJson([value]))).toEqual([normal(value)]);
      }),
    );
  });

  test('it is ASCII, spaced as Python spaces it, with its words for what is not finite', () => {
    const value = { a: [1, 1.5, Number.NaN], 'é\u007f': Number.NEGATIVE_INFINITY, '😀': '\u0001\n"' };
    expect(toPythonJson(value)).toBe(
      '{"a": [1, 1.5, NaN], "\\u00e9\\u007f": -Infinity, "\\ud83d\\ude00": "\\u0001\\n\\""}',
    );
  });

  test('numbers have the digits of a Python float', () => {
    const cases: [number, string][] = [
      [1, '1.0'],
      [0, '0.0'],
      [-0, '-0.0'],
      [0.0001, '0.0001'],
      [0.00001, '1e-05'],
      [1.5e-7, '1.5e-07'],
      [1e15, '1000000000000000.0'],
      [1e16, '1e+16'],
      [1.2345e22, '1.2345e+22'],
      [5e-324, '5e-324'],
      [-123.25, '-123.25'],
    ];
    expect(cases.map(([value]) => pythonFloat(value))).toEqual(cases.map(([, text]) => text));
    fc.assert(fc.property(fc.double({ noNaN: true }), (x) => Object.is(Number(pythonFloat(x)), x)));
  });

  test('text that is no JSON is refused', () => {
    for (const text of ['', '{', '[NaN', '{"a": NaNs}', '[Infinite]', '"n" NaN']) {
      expect(() => fromPythonJson(text)).toThrow(SyntaxError);
    }
  });
});

/** The same value with ordinary objects, as every reader makes them. */
function normal(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as JsonValue[]).map(normal);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, normal(part)]));
}

describe('numbers, states and times', () => {
  test('every number comes back', () => {
    fc.assert(
      fc.property(fc.double(), (x) => {
        const stored = encodeNumber(x);
        expect(stored.value === null || Number.isFinite(stored.value)).toBe(true);
        expect(decodeNumber(stored.value, stored.type)).toBe(x);
      }),
    );
    expect(encodeNumber(Number.NEGATIVE_INFINITY)).toEqual({ value: null, type: 'INF_NEG' });
  });

  test('states are in upper case, and no other word is one', () => {
    for (const state of ['waiting', 'running', 'complete', 'pruned', 'fail'] as const) {
      expect(encodeState(state)).toBe(state.toUpperCase());
      expect(decodeState(encodeState(state))).toBe(state);
    }
    expect(() => decodeState('DONE')).toThrow(TypeError);
  });

  test('times are UTC text and come back to the millisecond', () => {
    expect(encodeTime(Date.UTC(2024, 1, 29, 23, 59, 59, 7))).toBe('2024-02-29 23:59:59.007000');
    expect(decodeTime('2024-02-29 23:59:59.007999')).toBe(Date.UTC(2024, 1, 29, 23, 59, 59, 7));
    expect(decodeTime('2024-02-29 23:59:59')).toBe(Date.UTC(2024, 1, 29, 23, 59, 59));
    expect(decodeTime('2024-02-29 23:59:59', 540)).toBe(Date.UTC(2024, 1, 29, 14, 59, 59));
    expect(decodeTime(null)).toBeNull();
    expect(decodeTime('soon')).toBeNull();
    fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => decodeTime(encodeTime(ms)) === ms));
  });
});

describe('distributions', () => {
  const cases = [
    [
      float(0.1, 1),
      '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.1, "high": 1.0, "log": false}}',
    ],
    [
      float(1e-5, 1, { log: true }),
      '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 1.0, "log": true}}',
    ],
    [
      float(0, 1, { step: 0.25 }),
      '{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}',
    ],
    [
      int(1, 10, { step: 3 }),
      '{"name": "IntDistribution", "attributes": {"log": false, "step": 3, "low": 1, "high": 10}}',
    ],
    [
      int(1, 10, { log: true }),
      '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 10}}',
    ],
    [
      categorical(['a', null, true, 1, 1.5, 'é']),
      '{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, true, 1, 1.5, "\\u00e9"]}}',
    ],
  ] as const;

  test.each(cases)(
    '%o is written byte for byte as Optuna writes it, and read again',
    (distribution, text) => {
      expect(encodeDistribution(distribution)).toBe(text);
      expect(decodeDistribution(text)).toEqual(distribution);
    },
  );

  test('the names of older Optunas and the short form are read', () => {
    const old = (name: string, attributes: object) =>
      decodeDistribution(JSON.stringify({ name, attributes }));
    const numeric = (kind: string, log: boolean, step: number | null) => ({
      kind,
      low: 1,
      high: 4,
      log,
      step,
    });
    const range = { low: 1, high: 4 };
    expect(old('UniformDistribution', range)).toEqual(numeric('float', false, null));
    expect(old('LogUniformDistribution', range)).toEqual(numeric('float', true, null));
    expect(old('DiscreteUniformDistribution', { ...range, q: 0.5 })).toEqual(numeric('float', false, 0.5));
    expect(old('IntUniformDistribution', range)).toEqual(numeric('int', false, 1));
    expect(old('IntLogUniformDistribution', { ...range, step: 1 })).toEqual(numeric('int', true, 1));
    expect(decodeDistribution('{"type": "int", "low": 1, "high": 4}')).toEqual(numeric('int', false, 1));
    expect(decodeDistribution('{"type": "categorical", "choices": [[1, 2], NaN]}')).toEqual({
      kind: 'categorical',
      choices: ['[1, 2]', Number.NaN],
      ordered: false,
    });
    expect(() => old('NormalDistribution', range)).toThrow(TypeError);
    expect(() => decodeDistribution('[]')).toThrow(TypeError);
  });
});
