import type { CheckpointPolicy } from '../../core/checkpoints.js';
import type { Checkpoints } from '../executor.js';
import { isReplacedWhole, quietMs, stampOf } from '../local/checkpoint-stamp.js';
import { checkpointFolder, makeCheckpoints } from '../local/checkpoints.js';

/** A checkpoint that has not changed for this long is complete: which files a job has open cannot be seen from here. */
const QUIET_MS = 2000;

/** Returns the checkpoints of trials that run as jobs, in folders that this machine shares with theirs. */
export function makeJobCheckpoints(policy: CheckpointPolicy, studyDir: string): Checkpoints | null {
  const checkpoints = makeCheckpoints(policy, studyDir);
  return (
    checkpoints && {
      ...checkpoints,
      look: async ({ handle, trial }) => {
        const folder = checkpointFolder(handle, trial);
        return { stamp: stampOf(folder), isOpen: () => isChanging(stampOf(folder)) };
      },
      // No process of another machine is held still: it is ended only while what it has saved is whole.
      hold: async ({ handle, trial }, { before }) => {
        const now = stampOf(checkpointFolder(handle, trial));
        return isReplacedWhole(before, now, []) || !isChanging(now) ? { release: () => {} } : null;
      },
    }
  );
}

function isChanging(stamp: string): boolean {
  return quietMs(stamp) < QUIET_MS;
}
