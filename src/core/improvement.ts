import { isFeasible } from './metric-constraints.js';
import { toMinimization } from './objective-order.js';
import { nonDominatedRanks } from './pareto.js';
import type { ConfigView, StudyView } from './study-view.js';

/** How long a search has found nothing better. */
export type Stall = {
  /** Complete trials since the last improvement. */
  readonly trials: number;
  /** Number of the trial that brought it. */
  readonly since: number;
};

/**
 * Returns how many trials have completed since the last improvement; null before the first feasible result. With one objective
 * a better configuration is an improvement, with several one that changes the Pareto front. A configuration counts once all of its
 * `repeats` are complete. Trials count in the order of their numbers, so that a resumed study counts the same.
 */
export function stallOf({ configs, directions }: StudyView, repeats: number): Stall | null {
  const whole = configs.flatMap((config) => {
    const { state, values, trialCount, violations } = config;
    const isWhole =
      state === 'complete' && values !== null && trialCount >= repeats && isFeasible(violations);
    return isWhole ? [{ config, losses: toMinimization(values, directions) }] : [];
  });
  const ranks = nonDominatedRanks(whole.map(({ losses }) => losses));
  const front = new Map<string, number>();
  whole.forEach(({ config, losses }, at) => {
    if (ranks[at] !== 0) return;
    // What equals an earlier result is no improvement.
    const key = losses.join();
    const number = lastTrial(config);
    front.set(key, Math.min(front.get(key) ?? number, number));
  });
  if (front.size === 0) return null;
  const since = [...front.values()].reduce((a, b) => Math.max(a, b));
  const complete = configs.flatMap(({ trials }) => trials).filter(({ state }) => state === 'complete');
  return { trials: complete.filter(({ number }) => number > since).length, since };
}

/** The last of the repeats that are complete: with it the configuration has its value. */
function lastTrial({ trials }: ConfigView): number {
  return trials.reduce(
    (last, { number, state }) => (state === 'complete' ? Math.max(last, number) : last),
    -1,
  );
}
