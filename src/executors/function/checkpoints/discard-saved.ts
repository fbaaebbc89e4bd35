import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AttemptRef } from '../../executor.js';
import { areFolders } from '../../own-folder.js';
import { checkpointFolder, checkpointsInFiles, copiesIn } from './in-files.js';

/** Removes what a trial of a study in a file saved; never through a link. Returns whether there was anything. */
export async function discardSaved(
  attempt: AttemptRef,
  { uid, database }: { readonly uid: string; readonly database: string },
): Promise<boolean> {
  const folder = checkpointFolder(database, uid);
  if (folder === null || !areFolders([dirname(folder), folder, join(folder, String(attempt.trial))]))
    return false;
  const states = checkpointsInFiles(folder);
  if (!(await states.exist(attempt))) return false;
  await states.discard(attempt);
  return true;
}

/** Removes what is left of copies of checkpoints of a study in a file; never through a link. */
export async function discardSavedCopies({
  uid,
  database,
}: {
  readonly uid: string;
  readonly database: string;
}): Promise<void> {
  const folder = checkpointFolder(database, uid);
  if (folder === null || !areFolders([dirname(folder), folder, copiesIn(folder)])) return;
  await rm(copiesIn(folder), { recursive: true });
  // Those that hold something else stay.
  await rmdir(folder)
    .then(() => rmdir(dirname(folder)))
    .catch(() => {});
}
