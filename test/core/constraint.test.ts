import { describe, expect, test } from 'vitest';
import { type Condition, holds, type Test } from '../../src/core/constraint.js';
import type { ParamValue } from '../../src/core/distribution.js';

describe('a condition', () => {
  test.each<[Test, ParamValue, boolean]>([
    ['sgd', 'sgd', true],
    ['sgd', 'adam', false],
    [1, '1', false],
    [0, false, false],
    [null, null, true],
    [null, 'null', false],
    [['sgd', 'adam'], 'adam', true],
    [['sgd', 'adam'], 'rmsprop', false],
    [[], 'sgd', false],
    [{ lt: 1 }, 0.5, true],
    [{ lt: 1 }, 1, false],
    [{ le: 1 }, 1, true],
    [{ gt: 1 }, 1, false],
    [{ ge: 1 }, 1, true],
    [{ ge: 1, lt: 2 }, 1.5, true],
    [{ ge: 1, lt: 2 }, 2, false],
    [{ lt: 1 }, 'a', false],
    [{ lt: 1 }, null, false],
    [{ ge: 0 }, true, false],
    [{ not: 'sgd' }, 'adam', true],
    [{ not: 'sgd' }, 'sgd', false],
    [{ not: null }, null, false],
    [{ not: ['sgd', 'adam'] }, 'adam', false],
    [{ not: ['sgd', 'adam'] }, 'rmsprop', true],
    [{ not: 0.5, ge: 0 }, 0.5, false],
    [{ not: 0.5, ge: 0 }, 0.6, true],
    [{ not: 0.5, ge: 0 }, 'a', false],
  ])('%j on %j: %s', (condition, value, expected) => {
    expect(holds({ x: condition }, { x: value })).toBe(expected);
  });

  test('holds when all of its tests do, and when it has none', () => {
    const both: Condition = { a: 1, b: { gt: 2 } };
    expect(holds(both, { a: 1, b: 3 })).toBe(true);
    expect(holds(both, { a: 1, b: 2 })).toBe(false);
    expect(holds({}, {})).toBe(true);
  });

  test('never holds for a parameter without a value, not even as a negation', () => {
    for (const condition of [1, null, { not: 1 }, { lt: 1 }] as const) {
      expect(holds({ x: condition }, { y: 1 })).toBe(false);
      expect(holds({ toString: condition }, { y: 1 })).toBe(false);
    }
  });
});
