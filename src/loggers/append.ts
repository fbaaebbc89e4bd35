import { appendFileSync, existsSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Appends the whole text and returns true, or appends nothing and returns false when the disk is full. Creates missing folders.
 * @throws the system's error for any other obstacle.
 */
export function appendWhole(file: string, text: string | Uint8Array): boolean {
  let before: number | null = null;
  try {
    // Each time: somebody may delete the folder while a sweep runs, and a log is no reason to end a sweep.
    mkdirSync(dirname(file), { recursive: true });
    before = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    appendFileSync(file, text);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    // A part of the text may have been written.
    if (before !== null && existsSync(file)) truncateSync(file, before);
    return false;
  }
}
