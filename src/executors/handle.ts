import { isAbsolute } from 'node:path';
import type { Executor } from './executor.js';

/** The handle of a function's attempt: nothing outside its program finds it. */
export const FUNCTION_HANDLE = '';

/**
 * Returns the kind of executor that allocated a handle. A handle is stored as text: `KIND:...`, the absolute path of a
 * folder for the executor `local`, or nothing for a function of a program. The last two are what every version has stored.
 */
export function handleKind(handle: string): string {
  if (handle === FUNCTION_HANDLE) return 'function';
  return /^([a-z][a-z0-9-]*):/.exec(handle)?.[1] ?? 'local';
}

/**
 * Returns the folder that holds the log and the files of an attempt; null where its handle names none. Every executor that
 * writes them to the study's folder has handles `KIND:FOLDER`; those of the executor `local` are the folder alone.
 */
export function attemptFolder(handle: string): string | null {
  const kind = handleKind(handle);
  const folder = kind === 'local' ? handle : handle.slice(kind.length + 1);
  return isAbsolute(folder) ? folder : null;
}

/**
 * Returns whether an executor can reattach the attempt of a handle whose orchestrator has ended. Every executor can for a
 * function: it ended with its program, so the trial only needs another attempt.
 */
export function canReattach({ kind }: Pick<Executor, 'kind'>, handle: string): boolean {
  const allocatedBy = handleKind(handle);
  return allocatedBy === kind || allocatedBy === 'function';
}
