import type { OptionValues } from '../core/component-options.js';
import { longestComplete } from '../core/last-step.js';
import type { ConfigView, StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';

/** The lowest rung is no lower than this part of a full trial: earlier values say too little. */
const LOWEST_PART = 1 / 16;

export type LadderOptions = {
  /** The ratio of the steps of two rungs. */
  readonly reductionFactor: number;
  /** The lowest rung lies at or above this step; 0: at or above a sixteenth of a full trial. */
  readonly minSteps: number;
};

/** Returns the ladder that the options of a scheduler describe. */
export function ladderOf(options: OptionValues): LadderOptions {
  const { reduction_factor, min_steps } = options as { reduction_factor: number; min_steps: number };
  return { reductionFactor: reduction_factor, minSteps: min_steps };
}

/** Returns the last step of a full trial, as far as it is known before a trial begins; null where it is not. */
export function fullSteps(view: StudyView): number | null {
  return view.maxSteps ?? longestComplete(view);
}

/**
 * Returns the steps at which trials are compared, ascending, the last of which is a full trial: full / factor^k, rounded. Of 27
 * steps with factor 3 they are 3, 9 and 27.
 */
export function rungsOf(full: number, { reductionFactor, minSteps }: LadderOptions): readonly number[] {
  const lowest = minSteps > 0 ? minSteps : full * LOWEST_PART;
  const rungs = [full];
  for (let exact = full / reductionFactor; exact >= lowest; exact /= reductionFactor) {
    const rung = Math.round(exact);
    if (rung < 1 || rung >= (rungs[0] as number)) break;
    rungs.unshift(rung);
  }
  return rungs;
}

/** Returns the paused trial with the lowest number of a configuration, between two rungs; null when there is none. */
export function pausedBetween({ trials }: ConfigView, from: number, to: number): TrialView | null {
  const isThere = ({ pausedAt }: TrialView) =>
    pausedAt !== undefined && pausedAt !== null && pausedAt >= from && pausedAt < to;
  return trials.filter(isThere).sort((a, b) => a.number - b.number)[0] ?? null;
}

/** Returns whether a trial is paused. */
export function isPaused({ pausedAt }: TrialView): boolean {
  return (pausedAt ?? null) !== null;
}

/** Returns whether a trial runs, and is not paused. */
export function isUnderway(trial: TrialView): boolean {
  return trial.state === 'running' && !isPaused(trial);
}
