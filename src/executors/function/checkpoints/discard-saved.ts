import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AttemptRef } from '../../executor.js';
import type { Leftovers, Owner } from '../../leftovers.js';
import { areFolders } from '../../own-folder.js';
import { checkpointFolder, checkpointsInFiles, copiesIn } from './in-files.js';

/** What functions saved beside the file of a database; nothing of it is reached through a link. */
export const savedLeftovers: Leftovers = {
  discard: discardSaved,
  discardCopies: (_, owner) => discardSavedCopies(owner),
};

async function discardSaved(attempt: AttemptRef, { uid, database }: Owner): Promise<boolean> {
  const folder = checkpointFolder(database, uid);
  if (folder === null || !areFolders([dirname(folder), folder, join(folder, String(attempt.trial))]))
    return false;
  const states = checkpointsInFiles(folder);
  if (!(await states.exist(attempt))) return false;
  await states.discard(attempt);
  return true;
}

async function discardSavedCopies({ uid, database }: Owner): Promise<void> {
  const folder = checkpointFolder(database, uid);
  if (folder === null || !areFolders([dirname(folder), folder, copiesIn(folder)])) return;
  await rm(copiesIn(folder), { recursive: true });
  // Those that hold something else stay.
  await rmdir(folder)
    .then(() => rmdir(dirname(folder)))
    .catch(() => {});
}
