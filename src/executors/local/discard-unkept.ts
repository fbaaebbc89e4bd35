import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { AttemptControl, AttemptRef } from '../executor.js';
import { attemptFolder } from '../handle.js';
import type { Leftovers, Owner } from '../leftovers.js';
import { areFolders } from '../own-folder.js';
import { readClaim } from './folder-claims.js';
import { goesUnlessBest } from './leftover-checkpoints.js';
import { attemptFiles, COPIES } from './paths.js';

/** Returns what removes checkpoints in a study's folder. `isAlive` asks what runs their trainers. */
export function leftoversInFiles({ isAlive }: Pick<AttemptControl, 'isAlive'>): Leftovers {
  return {
    discard: (attempt, owner) => discardUnkept(attempt, owner, isAlive),
    discardCopies: async (attempt, owner) => {
      const folder = attemptFolder(attempt.handle);
      if (folder !== null) await discardOwnCopies({ ...attempt, handle: folder }, owner);
    },
  };
}

/**
 * Removes a trial's folder of checkpoints, where the call that ran its last attempt was to remove it and the folder around it
 * is claimed by this study in this database. A copy of the database claims nothing. Returns whether it was removed.
 */
async function discardUnkept(
  attempt: AttemptRef,
  owner: Owner,
  isAlive: AttemptControl['isAlive'],
): Promise<boolean> {
  const { trial, handle } = attempt;
  const { dir, checkpointDir } = attemptFiles(attemptFolder(handle) ?? handle, trial);
  const attempts = dirname(dir);
  const studyDir = dirname(attempts);
  if (Number.parseInt(basename(dir), 10) !== trial) return false;
  if (!areFolders([studyDir, attempts, dir, checkpointDir]) || !goesUnlessBest(dir)) return false;
  if (!(await isClaimedBy(owner, studyDir))) return false;
  if ((await isAlive(attempt)) !== 'ended') return false;
  await rm(checkpointDir, { recursive: true });
  return true;
}

/** Removes what is left of copies of checkpoints in the folder of an attempt's study, if this study has claimed it. */
async function discardOwnCopies({ trial, handle }: AttemptRef, owner: Owner): Promise<void> {
  const studyDir = dirname(dirname(attemptFiles(handle, trial).dir));
  const copies = join(studyDir, COPIES);
  if (areFolders([studyDir, copies]) && (await isClaimedBy(owner, studyDir)))
    await rm(copies, { recursive: true });
}

async function isClaimedBy({ uid, database }: Owner, studyDir: string): Promise<boolean> {
  const { claim } = await readClaim(studyDir);
  return claim?.uid === uid && claim.database === realDatabase(database);
}

/** The name of a server's database stays as it is. */
function realDatabase(database: string): string {
  return isAbsolute(database) ? realpathSync(database) : database;
}
