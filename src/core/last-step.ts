import type { StudyView } from './study-view.js';
import type { TrialView } from './trial.js';

/** What the last step of a trial depends on. */
type Known = Pick<StudyView, 'maxSteps' | 'configs'>;

/**
 * Returns the last step of a full trial: `maxSteps` where it is given, and one less for a trial that counts from 0; else the
 * last step of the longest COMPLETE trial. Null when neither is known.
 */
export function lastStep(view: Known, trial: Pick<TrialView, 'steps'>): number | null {
  if (view.maxSteps === null) return longestComplete(view);
  return countsFromZero(trial) ? view.maxSteps - 1 : view.maxSteps;
}

/** Returns whether a trial has reported step 0, so that its last step is one less than its number of steps. */
export function countsFromZero({ steps }: Pick<TrialView, 'steps'>): boolean {
  return steps.has(0);
}

/** Returns the largest step of any COMPLETE trial; null when none has reported a step. */
export function longestComplete({ configs }: Pick<StudyView, 'configs'>): number | null {
  let longest: number | null = null;
  for (const { trials } of configs) {
    for (const { state, steps } of trials) {
      const step = state === 'complete' ? newestStep(steps) : null;
      if (step !== null && (longest === null || step > longest)) longest = step;
    }
  }
  return longest;
}

/** Returns the largest of the steps, which ascend; null when there is none. */
export function newestStep(steps: ReadonlyMap<number, number>): number | null {
  let newest: number | null = null;
  for (const step of steps.keys()) newest = step;
  return newest;
}
