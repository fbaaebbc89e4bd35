import { isFeasible } from '../core/metric-constraints.js';
import { compareValues } from '../core/objective-order.js';
import type { Direction, TrialState } from '../core/trial.js';

/** A trial as far as budgets need it. Storage's rows satisfy it. */
export type BudgetTrial = {
  readonly number: number;
  readonly state: TrialState;
  readonly values: readonly number[] | null;
  readonly violations: readonly number[];
  readonly epochs: number;
  readonly finishedAtMs: number | null;
  /** How long all its attempts ran. */
  readonly spentMs: number;
};

/** What a study had spent, and its best value, after one more trial had finished. */
export type Spent = {
  readonly trials: number;
  readonly epochs: number;
  /** Run time of its trials together, however many ran at once. */
  readonly hours: number;
  /** Null before the first complete trial that keeps every limit. */
  readonly best: number | null;
};

export type Budget = 'trials' | 'epochs' | 'hours';

/** How the best value of an objective improved, in the order in which trials finished. */
export function budgetHistory(
  trials: readonly BudgetTrial[],
  objective: number,
  direction: Direction,
): readonly Spent[] {
  const finished = trials.filter(({ state }) => state !== 'running' && state !== 'waiting');
  const inOrder = [...finished].sort(
    (a, b) => (a.finishedAtMs ?? 0) - (b.finishedAtMs ?? 0) || a.number - b.number,
  );
  let spent: Spent = { trials: 0, epochs: 0, hours: 0, best: null };
  return inOrder.map((trial) => {
    const value = trial.values?.[objective];
    const counts = trial.state === 'complete' && isFeasible(trial.violations) && value !== undefined;
    const isBetter = counts && (spent.best === null || compareValues(value, spent.best, direction) < 0);
    spent = {
      trials: spent.trials + 1,
      epochs: spent.epochs + trial.epochs,
      hours: spent.hours + trial.spentMs / 3_600_000,
      best: isBetter ? value : spent.best,
    };
    return spent;
  });
}

/** The largest budget that every history has spent. */
export function commonBudget(histories: readonly (readonly Spent[])[], budget: Budget): number {
  return Math.min(...histories.map((history) => history.at(-1)?.[budget] ?? 0));
}

/** The best value that a history had when it had spent this much; null where it had none yet. */
export function bestAt(history: readonly Spent[], budget: Budget, amount: number): number | null {
  return history.findLast((spent) => spent[budget] <= amount)?.best ?? null;
}
