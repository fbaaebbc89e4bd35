import type { Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';

/** What a scheduler knows. */
export type ScheduleView = StudyView & {
  /** What is searched: where configurations lie beside each other. */
  readonly space: Space;
  /** Whether trials can be paused and resumed. False: trainers save no checkpoints, and a scheduler only stops. */
  readonly resumable: boolean;
  /** Whether new configurations may still be asked for. */
  readonly canAsk: boolean;
  /** Whether a new trial may continue another one's checkpoint. */
  readonly canExploit: boolean;
  /**
   * How many steps may still be trained within the budget, those of running attempts up to their targets taken off. Null: there is
   * no limit, or nobody knows. `decide` does not get it.
   */
  readonly stepsLeft: number | null;
};

/**
 * What becomes of a running trial. `pause`: its attempt ends, and the trial may be continued later from its checkpoint.
 * `stop`: the trial is pruned.
 */
export type Verdict = { readonly kind: 'continue' | 'pause' | 'stop'; readonly reason: string };

/** A paused trial that deserves more steps. */
export type Promotion = {
  /** The number of the trial. */
  readonly trial: number;
  /** The step at which it is paused again; null: it runs to its end. */
  readonly toStep: number | null;
  readonly reason: string;
};

/**
 * A new trial that continues the checkpoint of a better one with parameters near those of the better one, in the place of a
 * trial that is then pruned. Both are paused.
 */
export type Exploit = {
  /** The number of the trial whose checkpoint is continued. */
  readonly parent: number;
  /** The number of the trial that ends. */
  readonly replaces: number;
  /** The probability with which each parameter is drawn again rather than changed a little. */
  readonly resampleProbability: number;
  /** The step at which the new trial is paused; null: it runs to its end. */
  readonly toStep: number | null;
  readonly reason: string;
};

/** Nothing is started now, no new configuration either. It says why. `isSpent`: what is left of the budget is for nothing any more. */
export type Waiting = { readonly wait: string; readonly isSpent: boolean };

/**
 * Returns the step at which a new trial is paused; null: it runs to its end. `first`: the number of the first trial of its
 * configuration, which may be the trial itself.
 */
export type FirstTarget = (first: number) => number | null;

type Answer<T> = T | Promise<T>;

/**
 * Decides how far each trial is trained. Every function is pure: the same view gives the same answer. It may wait for a
 * computation in another thread.
 */
export interface Scheduler {
  /** Returns the first target of every trial that is started next. */
  firstTargets(view: ScheduleView): Answer<FirstTarget>;
  /** Called after each report of the objective below the trial's last step. `trial` is the one that reported. */
  decide(trial: TrialView, view: ScheduleView): Answer<Verdict>;
  /**
   * Returns what is started next: a paused trial to continue, or a new trial from the checkpoint of another one. Null: a new
   * configuration is worth more, or nothing is left to continue.
   */
  next(view: ScheduleView): Answer<Promotion | Exploit | Waiting | null>;
}

export const proceed = (reason: string): Verdict => ({ kind: 'continue', reason });
export const stop = (reason: string): Verdict => ({ kind: 'stop', reason });
