import { printableLine } from '../../core/printable.js';
import {
  type SpendingLimit,
  type SpentOf,
  spentOfLimits,
  stepsLeftOf,
  withSteps,
} from '../../core/spending.js';
import { spentIn } from '../../results/spent.js';
import type { Emit } from '../../study/events.js';
import type { SpendingWatch } from '../../study/sweep/sweep-options.js';
import type { StoredFeed } from '../../summaries/stored-feed.js';
import { shortNumber } from '../table/format.js';
import type { GivenBudgets } from './plan.js';

/** Returns what knows how much of a budget a study has spent, and emits it when a percent more is. The budget may change. */
export function makeSpendingWatch(
  results: Pick<StoredFeed, 'update' | 'feed'>,
  given: GivenBudgets,
  { emit, now }: { readonly emit: Emit; readonly now: () => number },
): SpendingWatch {
  let budgets = given;
  let emitted = -1;
  const limitOf = () => withSteps(budgets.spending, budgets.epochs);
  return {
    get limit() {
      return limitOf();
    },
    change({ spending = budgets.spending, epochs = budgets.epochs }) {
      budgets = { spending, epochs };
    },
    async check() {
      const limit = limitOf();
      if (limit === null) return null;
      await results.update();
      const all = spentOf(results, limit, now());
      const most = all.reduce((a, b) => (b.spent / b.max > a.spent / a.max ? b : a));
      const percent = Math.floor((100 * most.spent) / most.max);
      if (percent !== emitted) {
        emitted = percent;
        emit({ type: 'budget-spent', ...most });
      }
      if (most.spent < most.max) return null;
      return `${shortNumber(most.spent)} of ${shortNumber(most.max)} ${most.what} are spent`;
    },
    async stepsLeft() {
      const limit = limitOf();
      if (limit === null) return null;
      await results.update();
      const spent = spentIn(results.feed.table, { metric: limit.metric?.name ?? null, nowMs: now() });
      return stepsLeftOf(limit, spent);
    },
  };
}

/** Returns what is spent of each limit, as of the last update of the results. */
export function spentOf(
  { feed }: Pick<StoredFeed, 'feed'>,
  limit: SpendingLimit | null,
  nowMs: number,
): readonly SpentOf[] {
  if (limit === null) return [];
  return spentOfLimits(limit, spentIn(feed.table, { metric: limit.metric?.name ?? null, nowMs }));
}

/** Returns `budget: 12 of 5000 steps, 0.5 of 8 hours`. */
export function spentText(all: readonly SpentOf[]): string {
  return `budget: ${all.map(({ what, spent, max }) => `${shortNumber(spent)} of ${shortNumber(max)} ${printableLine(what)}`).join(', ')}`;
}
