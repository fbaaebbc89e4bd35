import type { AttemptCause } from '../../core/attempt-cause.js';
import type { AttemptRecord } from '../../storage/storage.js';

/**
 * An attempt is lost when its trainer ran and nobody saw its end (a reboot, a killed supervisor). A trial may lose this many
 * attempts without progress, and one more for each retry.
 */
export const LOST_ATTEMPTS_LIMIT = 3;

/**
 * Why an attempt ended without settling its trial, as `AttemptCause` says. `infrastructure-error`: the machine disturbed it
 * while it ran. It is stored as `infrastructure`, but the number of relaunches is limited.
 */
export type RetryCause =
  | Extract<
      AttemptCause,
      'failed' | 'limit' | 'lost' | 'not-started' | 'infrastructure' | 'interrupted' | 'paused'
    >
  | 'infrastructure-error';

/** Returns the cause to store. */
export function causeOf(unsettled: RetryCause): AttemptCause {
  return unsettled === 'infrastructure-error' ? 'infrastructure' : unsettled;
}

/** How many earlier attempts of a trial failed or were lost. */
type AttemptCounts = { readonly failed: number; readonly lost: number };

/**
 * Counts the attempts of a trial that count against its retries, from the stored cause of each end. Attempts up to the one
 * that settled the trial do not count: `--retry-failed` opened it again with all its retries. A lost attempt is not counted if
 * a later one resumed from a later step: the trial makes progress with checkpoints.
 */
export function countEarlierAttempts(attempts: readonly AttemptRecord[]): AttemptCounts {
  let [failed, lost] = [0, 0];
  let progressed = false;
  /** The first step of the next attempt, as far as it reported. */
  let after = attempts.findLast(({ finishedAtMs }) => finishedAtMs === null)?.firstStep ?? null;
  for (const { cause, settled, firstStep } of attempts
    .filter(({ finishedAtMs }) => finishedAtMs !== null)
    .toReversed()) {
    if (settled || cause === 'paused') break;
    progressed ||= after !== null && firstStep !== null && firstStep < after;
    if (cause === 'failed' || cause === 'limit') failed++;
    if (cause === 'lost') lost += progressed ? 0 : 1;
    after = firstStep ?? after;
  }
  return { failed, lost };
}

/**
 * Returns the reason, for people, why a trial is queued again; null when it has used up its retries. `mayRelaunch`: an attempt
 * that did not start, or does not count, may be started once more in this call.
 */
export function nextRetry(
  unsettled: RetryCause,
  reason: string,
  past: AttemptCounts,
  { retries, mayRelaunch }: { readonly retries: number; readonly mayRelaunch: boolean },
): string | null {
  switch (unsettled) {
    case 'interrupted':
      return 'the sweep was interrupted';
    case 'paused':
      return reason;
    case 'not-started':
      return mayRelaunch ? `it did not start: ${reason}` : null;
    case 'infrastructure':
      return `not counted: ${reason}`;
    case 'infrastructure-error':
      return mayRelaunch ? `not counted: ${reason}` : null;
    case 'failed':
    case 'limit':
      return past.failed < retries ? `retry ${past.failed + 1} of ${retries} after: ${reason}` : null;
    case 'lost': {
      const limit = LOST_ATTEMPTS_LIMIT + retries;
      return past.lost + 1 < limit ? `lost ${past.lost + 1} of ${limit} times: ${reason}` : null;
    }
  }
}
