import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import type { Decision } from './pruner.js';

/** What several pruning rules need of a trial's steps. Steps ascend in the view, in whatever order they arrived. */
export type Newest = {
  readonly step: number;
  readonly value: number;
  /** The step reported before it; -1 when there is none. */
  readonly previous: number;
};

/** Returns the highest step of a trial; null before the first report. */
export function newest(trial: TrialView): Newest | null {
  let previous = -1;
  let last: number | null = null;
  for (const step of trial.steps.keys()) {
    if (last !== null) previous = last;
    last = step;
  }
  return last === null ? null : { step: last, value: trial.steps.get(last) as number, previous };
}

/**
 * Returns null when a rule with a warm-up and an interval decides at this report, the first one in each interval; otherwise
 * why it does not.
 */
export function notYet(at: Newest | null, warmupSteps: number, intervalSteps: number): Decision | null {
  if (at === null) return keep('nothing reported yet');
  if (at.step < warmupSteps) return keep(`step ${at.step} is in the warm-up`);
  const began = Math.floor((at.step - warmupSteps) / intervalSteps) * intervalSteps + warmupSteps;
  return at.previous < began ? null : keep('between two intervals');
}

/** Returns the best of the values that are not NaN; null when there is none. */
export function best(values: Iterable<number>, maximize: boolean): number | null {
  let found: number | null = null;
  // Not Math.max(...values): a trial may report more steps than a call takes arguments.
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (found === null || (maximize ? value > found : value < found)) found = value;
  }
  return found;
}

/** Returns the configurations other than the trial's own, since repeats never judge each other. */
export function others(trial: TrialView, view: StudyView) {
  return view.configs.filter((config) => !config.trials.some(({ number }) => number === trial.number));
}

export const isMaximized = (view: StudyView): boolean => view.directions[0] === 'maximize';

export const keep = (reason: string): Decision => ({ prune: false, reason });
export const prune = (reason: string): Decision => ({ prune: true, reason });
