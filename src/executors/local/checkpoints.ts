import { readdir, rm } from 'node:fs/promises';
import type { CheckpointPolicy } from '../../core/checkpoints.js';
import type { Checkpoints } from '../executor.js';
import { codeOf } from './attempt-dir.js';
import { attemptFiles } from './paths.js';

/** The checkpoints of trials as folders beside their logs; null where trials have none. */
export function makeCheckpoints(policy: CheckpointPolicy): Checkpoints | null {
  if (policy === 'off') return null;
  return {
    exist: ({ dir, trial }) => holdsAnything(attemptFiles(dir, trial).checkpointDir),
    discard: async ({ dir, trial }) => {
      // A link is removed as such: what it leads to is not ours.
      if (policy === 'remove')
        await rm(attemptFiles(dir, trial).checkpointDir, { recursive: true, force: true });
    },
  };
}

/** A folder that cannot be read may hold a checkpoint: reports that are kept in vain go with the next report. */
async function holdsAnything(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
