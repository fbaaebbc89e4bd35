import { isFeasible } from '../core/metric-constraints.js';
import { compareValues, toMinimization } from '../core/objective-order.js';
import { isResult } from '../core/objective-value.js';
import { nonDominatedRanks } from '../core/pareto.js';
import type { ConfigView } from '../core/study-view.js';
import type { Direction } from '../core/trial.js';

/** A configuration as far as it is ranked. */
export type Rankable = Pick<ConfigView, 'state' | 'values' | 'trialCount' | 'violations'> & {
  readonly trials: readonly { readonly number: number }[];
};

export type Rules = {
  readonly directions: readonly Direction[];
  /** Trials that a whole configuration has. */
  readonly repeats: number;
};

/**
 * Configurations with a result, the best first by the first objective. This is what "best" means, everywhere:
 *
 * - those that keep every limit come before those that do not;
 * - those with all their repeats come before those without, since the mean of few may be luck;
 * - then by the mean over the complete repeats, then the one whose first trial is older.
 *
 * Pruned and failed configurations have no result, and neither has one whose value is infinitely good.
 */
export function ranked<T extends Rankable>(configs: readonly T[], { directions, repeats }: Rules): T[] {
  const direction = directions[0] ?? 'minimize';
  return configs
    .filter((config) => hasResult(config, directions))
    .map((config) => ({ config, tier: tierOf(config, repeats) }))
    .sort(
      (a, b) =>
        a.tier - b.tier ||
        compareValues(a.config.values?.[0] as number, b.config.values?.[0] as number, direction) ||
        firstTrial(a.config) - firstTrial(b.config),
    )
    .map(({ config }) => config);
}

/**
 * The Pareto front: of the configurations that keep every limit, and of those with all their repeats as long as there is
 * one, those that none of the others dominates, by the means of their trials. In the order of `ranked`.
 */
export function front<T extends Rankable>(configs: readonly T[], rules: Rules): T[] {
  const inOrder = ranked(configs, rules).filter(
    ({ state, violations }) => state === 'complete' && isFeasible(violations),
  );
  const whole = inOrder.filter(({ trialCount }) => trialCount >= rules.repeats);
  const candidates = whole.length > 0 ? whole : inOrder;
  const ranks = nonDominatedRanks(candidates.map(({ values }) => toMinimization(values, rules.directions)));
  return candidates.filter((_, k) => ranks[k] === 0);
}

/** The first of a list that is best in objective k; null of an empty one. */
export function bestIn<T extends { readonly values: readonly number[] | null }>(
  list: readonly T[],
  k: number,
  directions: readonly Direction[],
): T | null {
  const direction = directions[k] ?? 'minimize';
  const value = ({ values }: T) => values?.[k] ?? Number.NaN;
  const [first, ...rest] = list;
  if (!first) return null;
  return rest.reduce((a, b) => (compareValues(value(b), value(a), direction) < 0 ? b : a), first);
}

/** Whether a configuration has a mean over complete trials that can be compared. */
export function hasResult(
  { state, values, trialCount }: Rankable,
  directions: readonly Direction[],
): boolean {
  if (state === 'pruned' || trialCount === 0 || values?.length !== directions.length) return false;
  // NaN, the mean over infinities of both signs, is compared as the worst value.
  return values.every((value, k) => Number.isNaN(value) || isResult(value, directions[k] ?? 'minimize'));
}

/** Smaller is better: whole and feasible 0, partial 1, whole and infeasible 2, partial and infeasible 3. */
export function tierOf({ violations, trialCount }: Rankable, repeats: number): number {
  return (isFeasible(violations) ? 0 : 2) + (trialCount >= repeats ? 0 : 1);
}

/** The lowest number among its trials. */
export function firstTrial({ trials }: Pick<Rankable, 'trials'>): number {
  return trials.reduce((least, { number }) => Math.min(least, number), Number.POSITIVE_INFINITY);
}
