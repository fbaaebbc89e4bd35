import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitsText, NO_CONTROL, parseControl } from '../../src/core/study-control.js';
import type { JsonValue } from '../../src/core/trial.js';

test('whatever is stored can be read, and what cannot be understood counts as not set', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (stored) => {
      const control = parseControl(stored as JsonValue);
      expect(parseControl(control as unknown as JsonValue)).toEqual(control);
    }),
  );
  expect(parseControl(null)).toEqual(NO_CONTROL);
  expect(parseControl({ pausedAtMs: 'soon', limits: { trials: -1, timeoutMs: null, speed: 9 } })).toEqual({
    pausedAtMs: null,
    limits: { timeoutMs: null },
    stopping: [],
  });
  expect(parseControl({ stopping: ['a', 1, null] }).stopping).toEqual(['a']);
});

test('a budget is read whole or not at all', () => {
  const spending = { steps: null, hours: 8, metric: { name: 'usd', max: 3 } };
  const limitsOf = (limits: JsonValue) => parseControl({ pausedAtMs: null, limits }).limits;
  expect(limitsOf({ spending, epochs: 9 })).toEqual({ spending, epochs: 9 });
  expect(limitsOf({ spending: null })).toEqual({ spending: null });
  const bads: readonly JsonValue[] = [
    7,
    {},
    [],
    { steps: null, hours: null, metric: null },
    { ...spending, hours: '8' },
    { ...spending, hours: -1 },
    { ...spending, metric: { name: 'usd' } },
    { ...spending, days: 1 },
  ];
  for (const bad of bads) expect(limitsOf({ spending: bad })).toEqual({});
  expect(limitsText({ epochs: 9, spending })).toBe('max_epochs=9 budget=hours=8,metric=usd,max=3');
});

test('limits are shown as hpo set takes them', () => {
  expect(limitsText({ timeoutMs: 5_400_000, trials: 200, maxConcurrent: null })).toBe(
    'trials=200 max_concurrent=none timeout=1h30m',
  );
  expect(limitsText({})).toBe('');
});
