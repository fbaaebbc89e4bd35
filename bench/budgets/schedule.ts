import type { StudyView } from '../../src/core/study-view.js';
import type { TrialView } from '../../src/core/trial.js';
import type { Pruner } from '../../src/pruners/pruner.js';

/** A trial as a scheduler sees it. */
export type ScheduledTrial = TrialView & {
  /** The step at which it waits for a promotion; null when it does not. */
  readonly pausedAt: number | null;
  /** The step to which its attempt trains; null: to the end. */
  readonly target: number | null;
};

export type ScheduleView = StudyView & {
  readonly resumable: boolean;
  readonly canAsk: boolean;
  readonly stepsLeft: number | null;
};

export type Verdict = { readonly kind: 'continue' | 'pause' | 'stop'; readonly reason: string };
export type Promotion = { readonly trial: number; readonly toStep: number; readonly reason: string };

export interface Scheduler {
  /** Returns the step to which a new trial trains first; null: to the end. */
  firstTarget(trialNumber: number, view: ScheduleView): number | null;
  /** Called after each report, except at the last step. */
  decide(trial: ScheduledTrial, view: ScheduleView): Verdict;
  /** Returns the paused trial to continue; null asks for a new configuration. */
  next(view: ScheduleView): Promotion | null;
}

/** Returns a pruner as a scheduler that only stops. */
export function stopping(pruner: Pruner): Scheduler {
  return {
    firstTarget: () => null,
    next: () => null,
    decide(trial, view) {
      const { prune, reason } = pruner.decide(trial, view);
      return { kind: prune ? 'stop' : 'continue', reason };
    },
  };
}
