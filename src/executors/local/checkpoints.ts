import { readdir, rm } from 'node:fs/promises';
import type { CheckpointPolicy } from '../../core/checkpoints.js';
import { codeOf } from '../../core/system-error.js';
import type { Checkpoints } from '../executor.js';
import { handleKind } from '../handle.js';
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
      // Another executor's attempt has no folder.
      handleKind(handle) === 'local' && holdsAnything(attemptFiles(handle, trial).checkpointDir),
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
      if (handleKind(handle) !== 'local') return false;
      const files = attemptFiles(handle, trial);
      await copyFolder(files.checkpointDir, copyDir(files, name));
      return true;
    },
    discard: async ({ handle, trial }) => {
      // A link is removed and not followed: where it leads, somebody else decides.
      if (kept !== null)
        await rm(attemptFiles(handle, trial).checkpointDir, { recursive: true, force: true });
    },
  };
}

/** A folder that cannot be read may hold a checkpoint. If it holds none, the next report removes what was kept in vain. */
async function holdsAnything(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
