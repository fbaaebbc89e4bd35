import type { Outcome, RunnableAttempt } from '../executor.js';

/** Why nobody saw the end of a function whose program has ended. */
export const PROGRAM_ENDED = 'its program ended while it ran';

/** Returns the outcome of a function whose program has ended. When that was nobody knows: its time counts for nothing. */
export function endedWithProgram({ startedAtMs }: Pick<RunnableAttempt, 'startedAtMs'>): Outcome {
  return { kind: 'unknown', finishedAtMs: startedAtMs, logTail: [], lost: PROGRAM_ENDED };
}
