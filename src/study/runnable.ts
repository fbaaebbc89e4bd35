import type { RunnableAttempt, Slot } from '../executors/executor.js';
import type { AttemptRecord, OpenedTrial } from '../storage/storage.js';
import { proposedFor } from './define-by-run.js';
import type { Study } from './study.js';

/** An attempt as its executor gets it. */
export function toRunnable(
  study: Study,
  opened: OpenedTrial,
  attempt: AttemptRecord,
  slot: Slot,
): RunnableAttempt {
  const { number, seed, repeat } = opened.trial;
  return {
    study: study.name,
    trial: number,
    attempt: attempt.attempt,
    token: attempt.token,
    dir: attempt.dir,
    params: study.givenTo(opened),
    ...(proposedFor(opened.config) && { suggests: true as const }),
    seed: seed ?? study.seedOf(repeat),
    slot,
    startedAtMs: attempt.startedAtMs,
    stepped: attempt.inherited,
  };
}
