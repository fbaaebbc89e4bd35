import type { FinishedState } from './trial.js';

/**
 * What ended an attempt, in fixed words, as the database keeps them:
 * `completed`: the trainer did well. `pruned`: the pruner or the trial itself gave it up. `stopped`: `hpo stop`.
 * `failed`: the trainer failed. `limit`: it broke a limit, such as its time. `lost`: it ran, and nobody saw its end.
 * `not-started`: its launch was revoked. `infrastructure`: the machine refused or disturbed it (no space, no processes).
 * `interrupted`: someone stopped the sweep.
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
  | 'interrupted';

/** What ended an attempt of which no more is known than how its trial ended. */
export function causeOf(state: FinishedState): AttemptCause {
  return state === 'complete' ? 'completed' : state === 'pruned' ? 'pruned' : 'failed';
}
