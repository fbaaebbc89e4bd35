import { violationAt } from '../../core/judged-steps.js';
import { newestStep } from '../../core/last-step.js';
import { isFeasible } from '../../core/metric-constraints.js';
import type { StudyView } from '../../core/study-view.js';
import type { TrialView } from '../../core/trial.js';

/** A violation that has come down to this part of the first one may still vanish. */
const FALLING = 0.9;

/** Whether trials may come to keep the metric constraints. */
export type Feasibility = {
  /** Whether a complete trial keeps them all. */
  readonly isPossible: boolean;
  /**
   * Whether a trial keeps them now, or may come to: its violations fall, or a complete trial that keeps them had violated them at the
   * same step. Some limits are kept from the first step on or never, such as one of memory; others come with training, such as one of
   * accuracy.
   */
  readonly isLikely: (trial: TrialView) => boolean;
};

export function feasibilityOf({ configs }: Pick<StudyView, 'configs'>): Feasibility {
  const kept = configs
    .filter(({ trialCount, violations }) => trialCount > 0 && isFeasible(violations))
    .flatMap(({ trials }) => trials.filter(({ state }) => state === 'complete'));
  return {
    isPossible: kept.length > 0,
    isLikely: (trial) => {
      const step = newestStep(trial.steps);
      const violation = step === null ? 0 : violationAt(trial, step);
      if (step === null || !(violation > 0)) return true;
      const [first = 0] = trial.violationSteps?.values() ?? [];
      return violation <= FALLING * first || kept.some((one) => violationAt(one, step) > 0);
    },
  };
}

/** Returns those that are likely to keep the constraints; where no trial is known to keep them, and none of these is likely to, all. */
export function likelyFeasible(
  trials: readonly TrialView[],
  view: Pick<StudyView, 'configs'>,
): readonly TrialView[] {
  const { isPossible, isLikely } = feasibilityOf(view);
  const likely = trials.filter(isLikely);
  return likely.length > 0 || isPossible ? likely : trials;
}
