import { readdir, rm } from 'node:fs/promises';
import type { CheckpointPolicy } from '../../core/checkpoints.js';
import { codeOf } from '../../core/system-error.js';
import type { Checkpoints } from '../executor.js';
import { attemptFolder, handleKind } from '../handle.js';
import { isOneWholeFile, isReplacedWhole, quietMs, stampOf } from './checkpoint-stamp.js';
import { copyFolder } from './copy-folder.js';
import { holdWhile, releaseHeld, trainersOf } from './hold.js';
import { removableTrials, trialsWithCheckpoints } from './leftover-checkpoints.js';
import { openForWriting } from './open-files.js';
import { attemptFiles, copyDir } from './paths.js';

/** Within this time of a change a trainer may be between two files of one checkpoint. */
const BETWEEN_FILES_MS = 100;

/** Returns the checkpoints of trials, which are folders beside their logs; null where trials have none. */
export function makeCheckpoints(policy: CheckpointPolicy, studyDir: string): Checkpoints | null {
  if (policy === 'off') return null;
  const kept = policy === 'keep' ? null : policy === 'remove' ? 0 : policy.keepBest;
  return {
    kept,
    trials: async () =>
      kept === null ? [] : kept === 0 ? removableTrials(studyDir) : trialsWithCheckpoints(studyDir),
    exist: async ({ handle, trial }) =>
      // Another executor's attempt may have no folder.
      attemptFolder(handle) !== null && holdsAnything(checkpointFolder(handle, trial)),
    look: async ({ handle, trial, token }) => {
      if (handleKind(handle) !== 'local') return { stamp: '', isOpen: () => false };
      const { checkpointDir } = attemptFiles(handle, trial);
      const pids = () => trainersOf({ dir: handle, token }).map(({ pid }) => pid);
      return {
        stamp: stampOf(checkpointDir),
        isOpen: () => openForWriting(checkpointDir, pids()).length > 0,
      };
    },
    hold: async ({ handle, trial, token }, { before, isPatient }) => {
      const attempt = { dir: handle, token };
      const { checkpointDir } = attemptFiles(handle, trial);
      const isHeld = await holdWhile(attempt, (pids) => {
        const now = stampOf(checkpointDir);
        const open = openForWriting(checkpointDir, pids);
        if (isReplacedWhole(before, now, open)) return true;
        if (open.length > 0) return false;
        return isOneWholeFile(before, now) || quietMs(now) > BETWEEN_FILES_MS || !isPatient;
      });
      return isHeld ? { release: () => releaseHeld(attempt) } : null;
    },
    copy: async ({ handle, trial }, name) => {
      const folder = attemptFolder(handle);
      if (folder === null) return false;
      const files = attemptFiles(folder, trial);
      await copyFolder(files.checkpointDir, copyDir(files, name));
      return true;
    },
    discard: async ({ handle, trial }) => {
      // A link is removed and not followed: where it leads, somebody else decides.
      if (kept !== null) await rm(checkpointFolder(handle, trial), { recursive: true, force: true });
    },
  };
}

/**
 * Returns the folder of a trial's checkpoints, whichever executor ran the attempt.
 * @throws HpoError executor.bad-attempt-dir where the handle names no folder.
 */
export function checkpointFolder(handle: string, trial: number): string {
  return attemptFiles(attemptFolder(handle) ?? handle, trial).checkpointDir;
}

/** A folder that cannot be read may hold a checkpoint. If it holds none, the next report removes what was kept in vain. */
async function holdsAnything(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
