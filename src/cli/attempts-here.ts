import { type AttemptsHere, attemptsSeen } from '../executors/study-outputs.js';
import type { AttemptRecord, Storage, StudyRecord } from '../storage/storage.js';
import { findOutputs } from './optimize/claim-outputs.js';

/** Returns what finds the attempts of a study by their folders as they are seen here, as the executor of a sweep does. */
export function attemptsHere(storage: Storage, study: StudyRecord): AttemptsHere {
  return attemptsSeen(() => findOutputs(storage, study));
}

/** Returns the attempts of a trial as they are seen here, the oldest first. */
export async function attemptsOfTrial(
  storage: Storage,
  study: StudyRecord,
  trialId: number,
): Promise<readonly AttemptRecord[]> {
  const attempts = await storage.attempts({ trialId });
  return Promise.all(attempts.map(attemptsHere(storage, study)));
}
