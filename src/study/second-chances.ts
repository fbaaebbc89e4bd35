import type { AttemptRecord } from '../storage/storage.js';

/**
 * An attempt whose trainer ran and is gone without a trace (a reboot, a supervisor that was killed) is tried again, but
 * not for ever: so many attempts of a trial may come to that before it gets on, and one more for each retry.
 */
export const LOST_ATTEMPTS_LIMIT = 3;

/**
 * Why an attempt that has ended does not settle its trial:
 * `failed`: the trainer failed; `lost`: it ran and nobody knows how it ended; `not-started`: it never ran;
 * `excused`: something around it went wrong while it ran; `infrastructure`: the machine refused to start it;
 * `interrupted`: someone stopped the sweep.
 */
export type Unsettled = 'failed' | 'lost' | 'not-started' | 'excused' | 'infrastructure' | 'interrupted';

const INTERRUPTED = 'the sweep was interrupted';
const NOT_STARTED = 'it did not start: ';
const EXCUSED = 'not counted: ';
const UNCOUNTED = [NOT_STARTED, EXCUSED];
const RETRY = /^retry \d+ of \d+ after: /;
const LOST = /^lost \d+ of \d+ times: /;

/** Attempts of a trial that failed or were lost. */
type Past = { readonly failed: number; readonly lost: number };

/**
 * What the database remembers of a trial: the reason of an attempt says what it was. Attempts from before a failure that
 * settled the trial do not count: `--retry-failed` opened it again and gives it all its chances anew. Losses do not count
 * either that a later attempt went on from further than they had begun: the trial gets on, with checkpoints.
 */
export function pastOf(attempts: readonly AttemptRecord[]): Past {
  let [failed, lost] = [0, 0];
  let gotOn = false;
  /** Where the attempt after the one that is looked at began, as far as it reported. */
  let after = attempts.findLast(({ finishedAtMs }) => finishedAtMs === null)?.firstStep ?? null;
  for (const { reason, firstStep } of attempts
    .filter(({ finishedAtMs }) => finishedAtMs !== null)
    .toReversed()) {
    if (reason === null) break;
    gotOn ||= after !== null && firstStep !== null && firstStep < after;
    if (RETRY.test(reason)) failed++;
    else if (LOST.test(reason)) lost += gotOn ? 0 : 1;
    else if (reason !== INTERRUPTED && !UNCOUNTED.some((each) => reason.startsWith(each))) break;
    after = firstStep ?? after;
  }
  return { failed, lost };
}

/**
 * The reason with which an unsettled attempt is queued again; null when its trial has had all its chances, and fails.
 * `mayRelaunch`: an attempt that did not start, or does not count, may be started once more in this call.
 */
export function nextChance(
  unsettled: Unsettled,
  reason: string,
  past: Past,
  { retries, mayRelaunch }: { readonly retries: number; readonly mayRelaunch: boolean },
): string | null {
  switch (unsettled) {
    case 'interrupted':
      return INTERRUPTED;
    case 'not-started':
      return mayRelaunch ? `${NOT_STARTED}${reason}` : null;
    case 'infrastructure':
      return `${EXCUSED}${reason}`;
    case 'excused':
      return mayRelaunch ? `${EXCUSED}${reason}` : null;
    case 'failed':
      return past.failed < retries ? `retry ${past.failed + 1} of ${retries} after: ${reason}` : null;
    case 'lost': {
      const limit = LOST_ATTEMPTS_LIMIT + retries;
      return past.lost + 1 < limit ? `lost ${past.lost + 1} of ${limit} times: ${reason}` : null;
    }
  }
}
