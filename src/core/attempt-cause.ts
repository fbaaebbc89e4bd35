import type { FinishedState } from './trial.js';

/**
 * What ended an attempt, as the database stores it:
 * `completed`: the trainer succeeded. `pruned`: the pruner or the trial itself ended it. `stopped`: `hpo stop`.
 * `failed`: the trainer failed. `limit`: it broke a limit, such as its time. `lost`: it ran, and nobody saw its end.
 * `not-started`: its launch was revoked. `infrastructure`: the machine refused or disturbed it (no space, no processes).
 * `interrupted`: someone stopped the sweep. `paused`: it reached its target step, and its trial may resume from there.
 */
export type AttemptCause =
  | 'completed'
  | 'pruned'
  | 'stopped'
  | 'failed'
  | 'limit'
  | 'lost'
  | 'not-started'
  | 'infrastructure'
  | 'interrupted'
  | 'paused';

/** Returns the cause of an attempt of which only the end of its trial is known. */
export function causeOf(state: FinishedState): AttemptCause {
  return state === 'complete' ? 'completed' : state === 'pruned' ? 'pruned' : 'failed';
}
