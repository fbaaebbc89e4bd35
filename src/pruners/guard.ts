import { lastStep, longestComplete, newestStep } from '../core/last-step.js';
import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import type { Decision } from './pruner.js';
import { keep } from './steps.js';

/**
 * What a rule compares a trial with: other trials at the same step; other trials on the instances that steps stand for, which
 * may come in any order; itself at earlier steps; or bounds, or whatever the code of a user compares it with. The last two need
 * no other trial.
 */
export type Comparison = 'steps' | 'instances' | 'itself' | 'bounds';

/**
 * Returns the decision, or to continue where no rule may stop a trial: at its last step, which saves nothing, and, for a rule
 * that compares trials, at a step that no other configuration has a value at.
 */
export function guard(
  decision: Decision,
  trial: TrialView,
  view: StudyView,
  comparison: Comparison,
): Decision {
  const step = decision.prune ? newestStep(trial.steps) : null;
  if (step === null) return decision;
  if (needsPeer(comparison) && !hasPeer(step, trial, view))
    return keep(`no other configuration has a value at step ${step}`);
  if (mayBeLast(step, trial, view, comparison)) return keep(`step ${step} may be the last one of the trial`);
  return decision;
}

const needsPeer = (comparison: Comparison): boolean => comparison === 'steps' || comparison === 'instances';

function hasPeer(step: number, trial: TrialView, view: StudyView): boolean {
  return view.configs.some(
    ({ trials }) =>
      trials.some(({ steps }) => steps.has(step)) && !trials.some(({ number }) => number === trial.number),
  );
}

/**
 * Returns whether the trial may end by itself now. Where nobody said how long trials are, only another trial that has come further
 * shows that this one is not at its end. A trial may stop for what it is itself before any other is complete. That a value is out of
 * bounds is a fault at any step, so that only a length that was given spares it.
 */
function mayBeLast(step: number, trial: TrialView, view: StudyView, comparison: Comparison): boolean {
  const { size } = trial.steps;
  if (comparison === 'instances')
    return view.maxSteps === null
      ? !someOther(trial, view, ({ steps }) => steps.size > size)
      : size >= view.maxSteps;
  if (view.maxSteps !== null) return step >= (lastStep(view, trial) as number);
  if (comparison === 'bounds') return false;
  if (comparison === 'itself' && longestComplete(view) === null) return false;
  return !someOther(trial, view, ({ steps }) => (newestStep(steps) ?? -1) > step);
}

/** Most trials have one that shows it among the first: no list of all is made. */
function someOther(trial: TrialView, view: StudyView, holds: (other: TrialView) => boolean): boolean {
  return view.configs.some(({ trials }) =>
    trials.some((other) => other.number !== trial.number && holds(other)),
  );
}
