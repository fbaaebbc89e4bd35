import type { AttemptCause } from '../../core/attempt-cause.js';
import type { AttemptRecord } from '../../storage/storage.js';

/**
 * An attempt whose trainer ran and is gone without a trace (a reboot, a supervisor that was killed) is tried again, but
 * not for ever: so many attempts of a trial may come to that before it gets on, and one more for each retry.
 */
export const LOST_ATTEMPTS_LIMIT = 3;

/**
 * Why an attempt that has ended may not settle its trial, as `AttemptCause` says. `excused`: the machine disturbed it while
 * it ran, which is infrastructure as well, but is not for ever.
 */
export type RetryCause =
  | Extract<AttemptCause, 'failed' | 'limit' | 'lost' | 'not-started' | 'infrastructure' | 'interrupted'>
  | 'infrastructure-error';

/** The cause that is stored. */
export function causeOf(unsettled: RetryCause): AttemptCause {
  return unsettled === 'infrastructure-error' ? 'infrastructure' : unsettled;
}

/** Attempts of a trial that failed or were lost. */
type AttemptCounts = { readonly failed: number; readonly lost: number };

/**
 * What the database remembers of a trial: the cause of each attempt's end. Attempts up to the one that settled the trial do
 * not count: `--retry-failed` opened it again, with all its retries. Losses do not count either that a later attempt resumed
 * from further than they had begun: the trial gets on, with checkpoints.
 */
export function countEarlierAttempts(attempts: readonly AttemptRecord[]): AttemptCounts {
  let [failed, lost] = [0, 0];
  let gotOn = false;
  /** Where the attempt after the one that is looked at began, as far as it reported. */
  let after = attempts.findLast(({ finishedAtMs }) => finishedAtMs === null)?.firstStep ?? null;
  for (const { cause, settled, firstStep } of attempts
    .filter(({ finishedAtMs }) => finishedAtMs !== null)
    .toReversed()) {
    if (settled) break;
    gotOn ||= after !== null && firstStep !== null && firstStep < after;
    if (cause === 'failed' || cause === 'limit') failed++;
    if (cause === 'lost') lost += gotOn ? 0 : 1;
    after = firstStep ?? after;
  }
  return { failed, lost };
}

/**
 * The reason, for people, with which an unsettled attempt is queued again; null when its trial has used up its retries.
 * `mayRelaunch`: an attempt that did not start, or does not count, may be started once more in this call.
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
