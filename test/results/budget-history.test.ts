import { expect, test } from 'vitest';
import { type BudgetTrial, bestAt, budgetHistory, commonBudget } from '../../src/results/budget-history.js';

const HOUR = 3_600_000;
const trial = (number: number, value: number | null, more: Partial<BudgetTrial> = {}): BudgetTrial => ({
  number,
  state: value === null ? 'fail' : 'complete',
  values: value === null ? null : [value],
  violations: [],
  epochs: 10,
  finishedAtMs: (number + 1) * HOUR,
  spentMs: (number + 1) * HOUR,
  ...more,
});

test('each finished trial spends, and complete ones within the limits improve', () => {
  const history = budgetHistory(
    [
      trial(0, 5),
      trial(1, null, { spentMs: HOUR }),
      trial(2, 1, { violations: [0.5] }),
      trial(3, 2, { state: 'pruned' }),
      trial(4, 4, { state: 'running', finishedAtMs: null }),
      trial(5, 3, { finishedAtMs: HOUR / 2, spentMs: HOUR / 2 }),
    ],
    0,
    'minimize',
  );
  // In the order of their ends.
  expect(history.map(({ best }) => best)).toEqual([3, 3, 3, 3, 3]);
  expect(history.at(-1)).toEqual({ trials: 5, epochs: 50, hours: 0.5 + 1 + 1 + 3 + 4, best: 3 });
});

test('budgets are those that all have spent', () => {
  const a = budgetHistory([trial(0, 5), trial(1, 4), trial(2, 1)], 0, 'minimize');
  const b = budgetHistory([trial(0, 6), trial(1, 3, { epochs: 1 })], 0, 'minimize');
  expect(commonBudget([a, b], 'trials')).toBe(2);
  expect(commonBudget([a, b], 'epochs')).toBe(11);
  expect([bestAt(a, 'trials', 2), bestAt(b, 'trials', 2)]).toEqual([4, 3]);
  expect(bestAt(a, 'epochs', 11)).toBe(5);
  expect(bestAt(a, 'epochs', 9)).toBeNull();
  expect(commonBudget([a, []], 'hours')).toBe(0);
});
