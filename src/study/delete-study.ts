import { messageOf } from '../core/errors.js';
import type { AttemptRef } from '../executors/executor.js';
import { FUNCTION_HANDLE, handleKind } from '../executors/handle.js';
import type { Storage, UnfinishedTrial } from '../storage/storage.js';
import type { CheckpointCheck } from './reopen-failed.js';

/** What was done with the checkpoints of a deleted study. */
export type Deleted = {
  /** How many trials had checkpoints that are removed. */
  readonly removed: number;
  /** What could not be removed: messages for people. */
  readonly failures: readonly string[];
};

type Deleting = {
  readonly storage: Pick<Storage, 'deleteStudy' | 'unfinished' | 'liveness'>;
  readonly studyId: number;
  /** Removes the checkpoints of a trial that nothing runs, by its last attempt. False: they stay, or there are none. */
  readonly discard: CheckpointCheck;
  /** Removes copies of checkpoints for trials that were never begun, from where the attempt's study has its own. */
  readonly discardCopies: (attempt: AttemptRef) => Promise<void>;
};

/**
 * Deletes a study with its trials, and then the checkpoints of those that were not finished, which nobody can continue any
 * more. Those of trials that an orchestrator runs stay.
 */
export async function deleteStudy({ storage, studyId, discard, discardCopies }: Deleting): Promise<Deleted> {
  // A broken study can be deleted too. Then nobody knows what is its own.
  const unfinished = await storage.unfinished(studyId).catch(() => []);
  const attempts = unfinished.flatMap((each) => idleAttempt(each, storage.liveness) ?? []);
  // In this order: a study that is still there continues its checkpoints.
  await storage.deleteStudy(studyId);
  let removed = 0;
  const failures: string[] = [];
  for (const attempt of attempts) {
    try {
      if (await discard(attempt)) removed++;
    } catch (error) {
      failures.push(`the checkpoints of trial ${attempt.trial} could not be removed: ${messageOf(error)}`);
    }
  }
  // Where one runs, its sweep may be making a copy.
  const isIdle = attempts.length === unfinished.length;
  const places = new Map(attempts.map((attempt) => [handleKind(attempt.handle), attempt]));
  for (const attempt of isIdle ? places.values() : [])
    await discardCopies(attempt).catch((error: unknown) =>
      failures.push(`copies of checkpoints could not be removed: ${messageOf(error)}`),
    );
  return { removed, failures };
}

/** Returns the last attempt of a trial that no orchestrator and no asker runs; null where one does, or may. */
function idleAttempt(
  { trial, attempt, asker }: UnfinishedTrial,
  liveness: Storage['liveness'],
): AttemptRef | null {
  const runner = attempt === null ? asker : attempt.finishedAtMs === null ? attempt.owner : null;
  if (runner !== null && liveness.judge(runner) !== 'ended') return null;
  const { token, handle } = attempt ?? { token: '', handle: FUNCTION_HANDLE };
  return { trial: trial.number, token, handle };
}
