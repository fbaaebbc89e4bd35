import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
  const folder = folderElsewhere(handle);
  return folder === null
    ? handle
    : handle.slice(0, -folder.length) + join(studyDir, ATTEMPTS, basename(folder));
}

/** Returns the folder of an attempt that is not where its handle says; null: it is, or the handle names no such folder. */
function folderElsewhere(handle: string): string | null {
  const folder = attemptFolder(handle);
  if (folder === null || !isOfAttempt(folder) || existsSync(folder)) return null;
  return folder;
}

function isOfAttempt(folder: string): boolean {
  return ATTEMPT_FOLDER.test(basename(folder)) && basename(dirname(folder)) === ATTEMPTS;
}

/** Returns the attempt, or the trial with its newest one, under the handle by which this machine sees its folder. */
export type AttemptsHere = <A extends { readonly handle: string | null }>(attempt: A) => Promise<A>;

/**
 * Returns what finds the attempts of a study without a sweep. `findStudyDir` finds the folder of its outputs here, null: there is none.
 * It is asked once, when the first folder is not where its handle says.
 */
export function attemptsSeen(findStudyDir: () => Promise<string | null>): AttemptsHere {
  let finding: Promise<string | null> | null = null;
  return async (attempt) => {
    const { handle } = attempt;
    if (handle === null || folderElsewhere(handle) === null) return attempt;
    finding ??= findStudyDir();
    const studyDir = await finding;
    return studyDir === null ? attempt : { ...attempt, handle: handleHere(handle, studyDir) };
  };
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
