import type { ConfigView } from '../core/study-view.js';
import { isUnderway, pausedBetween } from './rungs.js';
import type { Promotion, ScheduleView } from './scheduler.js';
import { hasReached, ranked } from './standing.js';

type Halving = {
  /** Ascending; the last is a full trial. */
  readonly rungs: readonly number[];
  readonly reductionFactor: number;
};

/**
 * Returns the trial that asynchronous successive halving continues (Li et al., A system for massively parallel hyperparameter
 * tuning, MLSys 2020, algorithm 2): from the highest rung down, the best paused one among the best 1/factor of all
 * configurations that have reached a rung. With several objectives, or metric constraints, `rankByPoint` says which are the best, as
 * for pruners (Schmucker et al., arXiv 2106.12639). When nothing runs and nothing else is left, the best of a rung that nobody has
 * passed continues, so that a search ends with a full trial.
 */
export function nextByHalving(
  configs: readonly ConfigView[],
  view: ScheduleView,
  { rungs, reductionFactor }: Halving,
): Promotion | null {
  const places = rungs.slice(0, -1).map((rung, k) => ({
    rung,
    above: rungs[k + 1] as number,
    reached: ranked(configs, rung, view),
    isPassed: configs.some((config) => hasReached(config, rungs[k + 1] as number)),
  }));
  const full = rungs.at(-1);
  const promote = ({ rung, above, reached }: (typeof places)[number], count: number): Promotion | null => {
    for (const { entry } of reached.slice(0, count)) {
      const trial = pausedBetween(entry, rung, above);
      if (trial === null) continue;
      return {
        trial: trial.number,
        toStep: above === full ? null : above,
        reason: `among the best ${count} of ${reached.length} configurations at step ${rung}`,
      };
    }
    return null;
  };
  for (const place of places.toReversed()) {
    const found = promote(place, Math.floor(place.reached.length / reductionFactor));
    if (found !== null) return found;
  }
  if (view.canAsk || configs.some(({ trials }) => trials.some(isUnderway))) return null;
  for (const place of places.toReversed()) {
    const found = place.isPassed ? null : promote(place, 1);
    if (found !== null) return found;
  }
  return null;
}
