import { readdir, rm } from 'node:fs/promises';
import type { CheckpointPolicy } from '../../core/checkpoints.js';
import { codeOf } from '../../core/system-error.js';
import type { Checkpoints } from '../executor.js';
import { handleKind } from '../handle.js';
import { attemptFiles } from './paths.js';

/** Returns the checkpoints of trials, which are folders beside their logs; null where trials have none. */
export function makeCheckpoints(policy: CheckpointPolicy): Checkpoints | null {
  if (policy === 'off') return null;
  return {
    exist: async ({ handle, trial }) =>
      // Another executor's attempt has no folder.
      handleKind(handle) === 'local' && holdsAnything(attemptFiles(handle, trial).checkpointDir),
    discard: async ({ handle, trial }) => {
      // A link is removed and not followed: where it leads, somebody else decides.
      if (policy === 'remove')
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
