import { appendFileSync, existsSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Appends the text as a whole; false, and nothing is appended, when the disk is full. Folders that are missing are made.
 * @throws the system's error for any other obstacle.
 */
export function appendWhole(file: string, text: string | Uint8Array): boolean {
  let before: number | null = null;
  try {
    // The folder is made each time: someone may tidy up while a sweep runs, and a log is no reason to end one.
    mkdirSync(dirname(file), { recursive: true });
    before = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    appendFileSync(file, text);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    // Half a line may have found a place.
    if (before !== null && existsSync(file)) truncateSync(file, before);
    return false;
  }
}
