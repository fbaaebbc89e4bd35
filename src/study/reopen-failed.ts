import type { AttemptRef } from '../executors/executor.js';
import type { AttemptStore, TrialRecord, TrialStore } from '../storage/storage.js';

/** Returns whether an attempt's trial has a checkpoint. */
export type CheckpointCheck = (attempt: AttemptRef) => Promise<boolean>;

type StoredTrial = Pick<TrialRecord, 'id' | 'number'>;

/** Returns whether the next attempt of a trial may resume from a checkpoint: then its reports are kept. */
export async function mayResume(
  storage: Pick<AttemptStore, 'attempts'>,
  { id, number: trial }: StoredTrial,
  hasCheckpoint: CheckpointCheck,
): Promise<boolean> {
  const attempts = await storage.attempts({ trialId: id });
  const last = attempts.at(-1);
  // Without an explicit step nobody can tell where the next attempt resumes.
  if (!last || attempts.every(({ firstStep }) => firstStep === null)) return false;
  return hasCheckpoint({ trial, token: last.token, handle: last.handle });
}

/** Queues a failed trial again. Returns false when it is not failed any more, or never had an attempt. */
export async function reopenFailed(
  storage: Pick<AttemptStore & TrialStore, 'attempts' | 'reopen'>,
  trial: StoredTrial,
  hasCheckpoint: CheckpointCheck,
): Promise<boolean> {
  return storage.reopen(trial.id, await mayResume(storage, trial, hasCheckpoint));
}
