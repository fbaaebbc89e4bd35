import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute } from 'node:path';
import type { AttemptRef } from '../executor.js';
import { areFolders } from '../own-folder.js';
import { isAttemptAlive } from './attempt-liveness.js';
import { readClaim } from './folder-claims.js';
import { goesUnlessBest } from './leftover-checkpoints.js';
import { attemptFiles } from './paths.js';

/**
 * Removes a trial's folder of checkpoints, where the call that ran its last attempt was to remove it and the folder around it
 * is claimed by this study in this database. A copy of the database claims nothing. Returns whether it was removed.
 */
export async function discardUnkept(
  { trial, handle, token }: AttemptRef,
  { uid, database }: { readonly uid: string; readonly database: string },
): Promise<boolean> {
  const { dir, checkpointDir } = attemptFiles(handle, trial);
  const attempts = dirname(dir);
  const studyDir = dirname(attempts);
  if (Number.parseInt(basename(dir), 10) !== trial) return false;
  if (!areFolders([studyDir, attempts, dir, checkpointDir]) || !goesUnlessBest(dir)) return false;
  const { claim } = await readClaim(studyDir);
  if (claim?.uid !== uid || claim.database !== realDatabase(database)) return false;
  if (isAttemptAlive(dir, token) !== 'ended') return false;
  await rm(checkpointDir, { recursive: true });
  return true;
}

/** The name of a server's database stays as it is. */
function realDatabase(database: string): string {
  return isAbsolute(database) ? realpathSync(database) : database;
}
