import type { AttemptRecord, Counts, PartialParams, Storage } from '../../src/storage/storage.js';

/** One attempt, or null. */
export async function attemptIn(storage: Storage, attemptId: number): Promise<AttemptRecord | null> {
  const [attempt] = await storage.attempts({ attemptId });
  return attempt ?? null;
}

export async function countOf(storage: Storage, studyId: number, what: keyof Counts): Promise<number> {
  return (await storage.count(studyId, [what]))[what];
}

/** The uid of a study, or null. */
export async function uidOf(storage: Storage, studyId: number): Promise<string | null> {
  return (await storage.listStudies()).find(({ id }) => id === studyId)?.uid ?? null;
}

/** The enqueued trials that nobody has started, with their parameters. */
export async function waitingIn(
  storage: Storage,
  studyId: number,
): Promise<readonly { id: number; number: number; fixed: PartialParams | null }[]> {
  const waiting = await storage.unfinished(studyId, 'waiting');
  return waiting.map(({ trial, enqueued }) => ({ id: trial.id, number: trial.number, fixed: enqueued }));
}
