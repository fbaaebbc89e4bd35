import type { AttemptCause } from '../../core/attempt-cause.js';
import type { FinishedState } from '../../core/trial.js';
import type { Outcome } from '../../executors/executor.js';
import { lastError, lastWords } from '../../executors/log-tail.js';
import type { AttemptMetrics } from './attempt-metrics.js';
import { describeExit } from './describe-exit.js';
import type { RetryCause } from './retry-policy.js';

const GONE =
  'exit code unknown: the trainer and its supervisor are gone (killed together, or the machine went down)';

export type Verdict = {
  readonly state: FinishedState;
  readonly values: readonly number[] | null;
  readonly reason: string | null;
  readonly cause: AttemptCause;
};
/** The end of an attempt that does not settle its trial. */
export type Open = { readonly unsettled: RetryCause; readonly reason: string };

export const fail = (reason: string, cause: AttemptCause): Verdict => ({
  state: 'fail',
  values: null,
  reason,
  cause,
});
const open = (unsettled: RetryCause, reason: string): Open => ({ unsettled, reason });

/** Returns why a trial fails whose processes survive SIGKILL. */
export function stuckReason(pids: readonly number[]): string {
  const which = pids.length === 1 ? `process ${pids[0]} is` : `processes ${pids.join(', ')} are`;
  return `cannot be ended: ${which} stuck in the kernel`;
}

/**
 * How an attempt's target step ended it. `none`: it did not. `full`: the trial ran to its last step nevertheless. `stranded`:
 * it ended there without a checkpoint, so that nothing can continue it. `step`: the last that it reported.
 */
export type Pause = { readonly kind: 'none' | 'paused' | 'full' | 'stranded'; readonly step: number | null };

type Around = {
  /** A user asked for its end (`hpo stop`). */
  readonly stopRequested: boolean;
  /** This sweep has asked for its end. */
  readonly stopping: boolean;
  /** Why the pruner stopped it; null when it did not. */
  readonly pruneReason: string | null;
  readonly pause: Pause;
};

/** Returns what the end of an attempt means for its trial. */
export function judge(
  outcome: Outcome,
  reports: AttemptMetrics,
  { stopRequested, stopping, pruneReason, pause }: Around,
): Verdict | Open {
  // First: whatever its end was to be, it still runs, and no second attempt may run beside it.
  if (outcome.kind === 'stuck') return fail(stuckReason(outcome.pids), 'failed');
  if (stopRequested) return pruned(reports, 'stopped by hpo stop', pruneReason !== null, 'stopped');
  if (outcome.kind === 'infrastructure')
    return open(stopping ? 'interrupted' : 'infrastructure', outcome.reason);
  if (outcome.kind === 'not-started') {
    if (outcome.fatal) return fail(outcome.reason, 'failed');
    return open(stopping ? 'interrupted' : 'not-started', outcome.reason);
  }
  if (pruneReason !== null) return pruned(reports, pruneReason, true);
  if (outcome.brokeLimit !== undefined) return open('limit', outcome.brokeLimit);
  if (outcome.stoppedFor === 'pruned')
    return pruned(reports, 'pruned by a sweep that was killed meanwhile', false);
  if (pause.kind === 'paused') return open('paused', `paused at step ${pause.step}`);
  if (pause.kind === 'full' && reports.missingResult() === null)
    return { state: 'complete', values: reports.values() as number[], reason: null, cause: 'completed' };
  if (pause.kind !== 'none')
    return pruned(reports, `ended at step ${pause.step} without a checkpoint to continue from`, true);
  if (stopping || outcome.stoppedFor) return open('interrupted', '');
  if (outcome.kind === 'exited' && outcome.infrastructureError !== undefined)
    return open('infrastructure-error', outcome.infrastructureError);
  if (outcome.kind === 'exited' && outcome.exitCode !== 0) {
    const reason = outcome.failure ?? exitReason(outcome.exitCode, outcome.logTail);
    return outcome.isFinal ? fail(reason, 'failed') : open('failed', reason);
  }
  if (outcome.kind === 'exited' && outcome.selfPruned !== undefined)
    return pruned(reports, outcome.selfPruned, true);
  // A value of a step shows only how far it got: after a power cut it may be the first of a hundred epochs.
  if (outcome.kind === 'unknown' && !reports.allFinal)
    return outcome.infrastructureError === undefined
      ? open('lost', outcome.lost ?? GONE)
      : open('infrastructure-error', outcome.infrastructureError);
  const useless = reports.missingResult();
  if (useless !== null) return open('failed', useless);
  const unseen = 'exit code unknown: the supervisor was killed after the final value';
  const reason = outcome.kind === 'unknown' ? unseen : null;
  return { state: 'complete', values: reports.values() as number[], reason, cause: 'completed' };
}

const ABORTED = 128 + 6;

/** What its log says of the error too, so that nobody has to read the log to learn why. */
function exitReason(exitCode: number, logTail: readonly string[]): string {
  const log = logTail.join('\n');
  // A program that aborts has just said why: assert() and abort() of C and C++.
  const error = lastError(log) ?? (exitCode === ABORTED ? lastWords(log) : null);
  return error === null ? describeExit(exitCode) : `${describeExit(exitCode)}: ${error}`;
}

/** `sure`: the pruner or the trial itself decided it. */
function pruned(
  reports: AttemptMetrics,
  reason: string,
  sure: boolean,
  cause: AttemptCause = 'pruned',
): Verdict {
  const values = reports.lastFeasible();
  const none = values.some((value) => value === null);
  // Stopped before it had a value: a pruned trial without one would teach samplers nothing.
  if (none && !sure) return fail(reason, cause);
  return { state: 'pruned', values: none ? null : (values as number[]), reason, cause };
}
