import type { GpuSample } from '../../core/gpu-use.js';
import type { AttemptRecord, EndedAttempt, Ending, ReportedPoint, Suggested } from './attempt-records.js';
import type { OpenedTrial, Restart } from './trial-records.js';

/**
 * How trials are run. Every operation is one transaction. `attemptId` null means a trial without an attempt, which its
 * asker runs. Operations that return a boolean return false, and write nothing, when the trial is finished or the attempt
 * is not its current one: another process was first.
 */
export interface AttemptStore {
  /**
   * Runs an unfinished trial again that nobody runs any more: after its last attempt has ended, or by taking it from its
   * asker, by compare-and-set; what the asker reported is deleted. Returns null when that does not hold.
   */
  restart(trialId: number, restart: Restart): Promise<OpenedTrial | null>;
  /** Gives a running attempt another owner, by compare-and-set on the old one. */
  takeOverAttempt(attemptId: number, fromOwner: string, toOwner: string): Promise<boolean>;

  /**
   * Adds one parameter to a running trial. A value that the trial has under this name already stays.
   * @throws RangeError for a value that is no choice of its distribution.
   */
  suggest(trialId: number, attemptId: number | null, suggested: Suggested): Promise<boolean>;
  /**
   * Stores metrics, by metric and step; a later value replaces an earlier one. An attempt reports again everything from
   * the lowest step that it names: what earlier attempts reported from there on is deleted, of every metric.
   * @throws HpoError storage.bad-step.
   */
  report(trialId: number, attemptId: number | null, points: readonly ReportedPoint[]): Promise<boolean>;
  /** Adds a sample to what a running trial used of its GPUs. Optuna shows it as the user attribute `hpo:gpu`. */
  recordGpuUsage(trialId: number, attemptId: number, sample: GpuSample): Promise<boolean>;

  /** Finishes a running trial and its attempt. @throws HpoError storage.bad-values. */
  finish(trialId: number, attemptId: number | null, ending: Ending): Promise<boolean>;
  /**
   * Ends an attempt but not its trial, which is queued again. Its GPU use and final values are deleted, and the values of
   * steps too unless `keepSteps` says that the next attempt may resume from a checkpoint. `forget` names metrics, other
   * than the first objective, to delete entirely. With `pausedAt` the trial is paused instead of queued; `restart`
   * continues it, and `finish` without an attempt ends it.
   */
  requeue(attemptId: number, ended: EndedAttempt): Promise<boolean>;
  /** Stores, or withdraws, a request to stop a running attempt. Does nothing when the attempt has ended. */
  requestStop(attemptId: number, wanted: boolean): Promise<void>;
  /** One attempt, or every attempt of a trial, the oldest first. */
  attempts(
    of: { readonly attemptId: number } | { readonly trialId: number },
  ): Promise<readonly AttemptRecord[]>;
}
