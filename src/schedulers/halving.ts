import type { ConfigView, StudyView } from '../core/study-view.js';
import { isUnderway, pausedBetween, scoreAt } from './rungs.js';
import type { Promotion, ScheduleView } from './scheduler.js';

type Halving = {
  /** Ascending; the last is a full trial. */
  readonly rungs: readonly number[];
  readonly reductionFactor: number;
};

/**
 * Returns the trial that asynchronous successive halving continues (Li et al., A system for massively parallel hyperparameter
 * tuning, MLSys 2020, algorithm 2): from the highest rung down, the best paused one among the best 1/factor of all
 * configurations that have reached a rung. When nothing runs and nothing else is left, the best of a rung that nobody has
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
    isPassed: configs.some((config) => scoreAt(config, rungs[k + 1] as number, view) !== null),
  }));
  const full = rungs.at(-1);
  const promote = ({ rung, above, reached }: (typeof places)[number], count: number): Promotion | null => {
    for (const { config } of reached.slice(0, count)) {
      const trial = pausedBetween(config, rung, above);
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

/** Returns the configurations that have reached a rung with a number, the best first; at a tie the older one. */
export function ranked(
  configs: readonly ConfigView[],
  rung: number,
  view: StudyView,
): readonly { readonly config: ConfigView; readonly score: number }[] {
  return configs
    .flatMap((config) => {
      const score = scoreAt(config, rung, view);
      return score === null || score === Number.POSITIVE_INFINITY ? [] : [{ config, score }];
    })
    .sort((a, b) => a.score - b.score || firstOf(a.config) - firstOf(b.config));
}

function firstOf({ trials }: ConfigView): number {
  return trials.reduce((least, { number }) => Math.min(least, number), Number.POSITIVE_INFINITY);
}
