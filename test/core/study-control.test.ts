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
  });
});

test('limits are shown as hpo set takes them', () => {
  expect(limitsText({ timeoutMs: 5_400_000, trials: 200, maxConcurrent: null })).toBe(
    'trials=200 max_concurrent=none timeout=1h30m',
  );
  expect(limitsText({})).toBe('');
});
