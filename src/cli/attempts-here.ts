import type { AttemptRef } from '../executors/executor.js';
import { handleHere } from '../executors/study-outputs.js';
import type { Storage, StudyRecord } from '../storage/storage.js';
import { findOutputs } from './optimize/claim-outputs.js';

/** Returns what names an attempt by its folder as it is seen here, as the executor of a sweep does. */
export async function attemptsHere(
  storage: Storage,
  study: StudyRecord,
): Promise<(attempt: AttemptRef) => AttemptRef> {
  const studyDir = await findOutputs(storage, study);
  if (studyDir === null) return (attempt) => attempt;
  return (attempt) => ({ ...attempt, handle: handleHere(attempt.handle, studyDir) });
}
