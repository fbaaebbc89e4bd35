import { totalViolation } from '../core/metric-constraints.js';
import { toMinimization } from '../core/objective-order.js';
import type { Losses } from '../core/pareto.js';
import type { ConfigView } from '../core/study-view.js';
import type { Direction } from '../core/trial.js';

/** The tiers of the ranking, the best first. */
export const COMPLETE = 0;
export const PRUNED = 1;
export const INFEASIBLE = 2;
/** Unfinished: a constant liar. */
export const RUNNING = 3;
/** Carries no information. */
export const NOTHING = 4;

/** Lower is better, compared from the left; RUNNING and NOTHING have no order. */
export type RankKey = { readonly tier: number; readonly first: number; readonly second: number };

/**
 * Returns a value as one to be minimized. A mean over infinities of both signs is NaN, which compares with nothing: it
 * counts as the worst. So does an infinitely good value (another program may have stored it): no search could beat it.
 */
export function scoreOf(value: number | undefined, sign: number): number {
  const score = value === undefined || Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value;
  return score === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : score;
}

/** Returns values as losses, one for each direction; infinitely good ones count as the worst here too. */
export function scoresOf(values: readonly number[] | null, directions: readonly Direction[]): Losses {
  return toMinimization(values, directions).map((loss) => scoreOf(loss, 1));
}

/**
 * Returns the rank of a configuration, as in Optuna: complete ones by value, then pruned ones (those that ran further
 * first, then by value), then those that violate metric constraints, by their total violation. The value is that of the
 * first objective, times `sign` (-1 to maximize). A configuration with missing repeats counts with the mean of the
 * others.
 */
export function rankKeyOf(config: ConfigView, sign: number): RankKey {
  const value = config.values?.[0];
  const score = scoreOf(value, sign);
  const told = config.state === 'complete' || (config.state === 'running' && config.trialCount > 0);
  if (!told && config.state !== 'pruned') {
    return { tier: config.state === 'running' ? RUNNING : NOTHING, first: 0, second: 0 };
  }
  if (told && value === undefined) return { tier: NOTHING, first: 0, second: 0 };
  const violation = totalViolation(config.violations);
  if (violation > 0) return { tier: INFEASIBLE, first: violation, second: score };
  if (told) return { tier: COMPLETE, first: score, second: 0 };
  let last = -1;
  for (const trial of config.trials) for (const step of trial.steps.keys()) last = Math.max(last, step);
  return { tier: PRUNED, first: -last, second: score };
}
