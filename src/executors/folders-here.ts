import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AttemptRef, Executor } from './executor.js';
import { attemptFolder } from './handle.js';
import { ATTEMPTS } from './local/paths.js';
import { wrapCheckpoints, wrapExecutor } from './wrap.js';

/** The name of an attempt's folder. Its random text makes it the same folder wherever it is found. */
const ATTEMPT_FOLDER = /^\d+-\d+-[0-9a-f]+$/;

/**
 * Returns the handle under which this machine sees the folder of an attempt. A folder that machines share may be mounted elsewhere on
 * each of them, and that of a study may have been moved: then the attempt's folder lies in `studyDir`. So does that of one that never
 * began: the checkpoints beside it are those with which the next attempt here begins.
 */
export function handleHere(handle: string, studyDir: string): string {
  const folder = attemptFolder(handle);
  if (folder === null || !ATTEMPT_FOLDER.test(basename(folder)) || existsSync(folder)) return handle;
  return handle.slice(0, -folder.length) + join(studyDir, ATTEMPTS, basename(folder));
}

/** Returns an executor that finds attempts of this study whose folders were made under another path. */
export function withFoldersHere(executor: Executor, studyDir: string): Executor {
  const here = <A extends AttemptRef>(attempt: A): A => ({
    ...attempt,
    handle: handleHere(attempt.handle, studyDir),
  });
  return wrapExecutor(executor, {
    reattach: (attempt, hooks) => executor.reattach(here(attempt), hooks),
    isAlive: (attempt) => executor.isAlive(here(attempt)),
    cancel: (attempt, reason) => executor.cancel(here(attempt), reason),
    logs: (attempt, fromByte) => executor.logs(here(attempt), fromByte),
    cleanup: (attempt) => executor.cleanup(here(attempt)),
    checkpoints: wrapCheckpoints(executor.checkpoints, here),
  });
}
