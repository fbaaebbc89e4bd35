import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shownValue } from '../../src/core/shown-value.js';

describe('a value in an error message', () => {
  test.each<[unknown, string]>([
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [[1, Number.NaN, 1], '[1,NaN,1]'],
    [undefined, 'undefined'],
    [{ max: undefined }, '{"max":undefined}'],
    [null, 'null'],
    [3n, '3n'],
    ['3', '"3"'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, 'a function'],
    [[() => 1], '[a function]'],
    [new URL('http://a/'), '"http://a/"'],
  ])('%o', (value, text) => {
    expect(shownValue(value)).toBe(text);
  });

  test('is short, also when it contains itself or much', () => {
    const own: unknown[] = [];
    own.push(own);
    expect(shownValue(own)).toBe('[[[[...]]]]');
    expect(shownValue('x'.repeat(1000))).toHaveLength(200);
    expect(shownValue(Array.from({ length: 1e5 }, () => 1))).toMatch(/^\[1,1,.*\.\.\.$/);
  });

  test('is its JSON where JSON can say it and it is short', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), (value) => {
        const json = JSON.stringify(value);
        if (json.length <= 200) expect(shownValue(value)).toBe(json);
      }),
    );
  });
});
