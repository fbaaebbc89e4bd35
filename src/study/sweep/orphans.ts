import type { Verdict } from '../../liveness/liveness.js';
import type { AskingStore, DatabaseFile, StudyStore, UnfinishedTrial } from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';

/** Processes that own trials or indices of a study, and do not certainly live. */
export type JudgedOwners = { readonly ended: readonly string[]; readonly unknown: readonly string[] };

/** Judges the owners of a study. Those that have ended lose their indices. */
export async function judgeOwners({
  storage,
  id,
}: StudyRows<AskingStore & StudyStore & Pick<DatabaseFile, 'liveness'>>): Promise<JudgedOwners> {
  const owners = await storage.owners(id);
  const verdicts = owners.map((owner) => [owner, storage.liveness.judge(owner)] as const);
  const are = (wanted: Verdict) => verdicts.filter(([, is]) => is === wanted).map(([owner]) => owner);
  const ended = are('ended');
  // Asked at each renewal of each worker: nothing is written for nobody.
  if (ended.length > 0) await storage.releaseIndices(id, { owners: ended });
  return { ended, unknown: are('unknown') };
}

/** Whether an attempt runs, or ran, whose owner has ended. */
export function isOrphan({ trial, attempt }: UnfinishedTrial, ended: readonly string[]): boolean {
  const runs = attempt !== null && attempt.finishedAtMs === null && trial.configId !== null;
  return runs && ended.includes(attempt.owner);
}
