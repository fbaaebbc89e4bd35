import type { AttemptRecord, TrialRow } from './storage.js';

type Attempt = Pick<AttemptRecord, 'startedAtMs' | 'finishedAtMs' | 'cause'>;

/** Returns how long a trial ran, from its attempts, the oldest first; from its own times where it has none. */
export function timesOf(
  attempts: readonly Attempt[],
  { startedAtMs, finishedAtMs, pausedAt }: Pick<TrialRow, 'startedAtMs' | 'finishedAtMs' | 'pausedAt'>,
): Pick<TrialRow, 'ranMs' | 'pausedSinceMs' | 'spentMs'> {
  const newest = attempts.at(-1);
  if (newest === undefined) {
    const ownMs = startedAtMs === null || finishedAtMs === null ? 0 : Math.max(0, finishedAtMs - startedAtMs);
    return { ranMs: ownMs, pausedSinceMs: null, spentMs: ownMs };
  }
  let [ranMs, spentMs] = [0, 0];
  for (const attempt of attempts) {
    // A worker of Optuna may have ended the trial under a running attempt.
    const endedAtMs = attempt.finishedAtMs ?? (attempt === newest ? finishedAtMs : null);
    const ms = endedAtMs === null ? 0 : Math.max(0, endedAtMs - attempt.startedAtMs);
    spentMs += ms;
    if (attempt === newest || attempt.cause === 'paused') ranMs += ms;
  }
  return { ranMs, pausedSinceMs: pausedAt === null ? null : newest.finishedAtMs, spentMs };
}
