import { lstatSync, readdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointPolicy } from '../../core/checkpoints.js';
import { codeOf } from '../../core/system-error.js';
import type { Checkpoints } from '../executor.js';
import { handleKind } from '../handle.js';
import { isOpenForWriting } from './open-files.js';
import { attemptFiles } from './paths.js';

/** Returns the checkpoints of trials, which are folders beside their logs; null where trials have none. */
export function makeCheckpoints(policy: CheckpointPolicy): Checkpoints | null {
  if (policy === 'off') return null;
  return {
    exist: async ({ handle, trial }) =>
      // Another executor's attempt has no folder.
      handleKind(handle) === 'local' && holdsAnything(attemptFiles(handle, trial).checkpointDir),
    look: async ({ handle, trial, token }) => {
      if (handleKind(handle) !== 'local') return { stamp: '', isOpen: () => false };
      const { checkpointDir } = attemptFiles(handle, trial);
      return { stamp: stampOf(checkpointDir), isOpen: () => isOpenForWriting(checkpointDir, handle, token) };
    },
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

/** A folder with more entries is not read to its end. */
const MAX_ENTRIES = 2000;

/**
 * Returns text that differs after a file in the folder was made, removed, renamed or written. What disappears while it is
 * read is left out.
 */
function stampOf(folder: string): string {
  const seen: string[] = [];
  const todo = [folder];
  for (let dir = todo.pop(); dir !== undefined && seen.length < MAX_ENTRIES; dir = todo.pop()) {
    for (const entry of entriesOf(dir)) {
      const path = join(dir, entry.name);
      const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
      if (stat === undefined) continue;
      seen.push(`${path} ${stat.ino} ${stat.size} ${stat.mtimeNs}`);
      if (entry.isDirectory()) todo.push(path);
    }
  }
  return seen.sort().join('\n');
}

function entriesOf(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
}
