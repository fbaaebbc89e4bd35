import { randomBytes } from 'node:crypto';
import { rmSync, type Stats } from 'node:fs';

/** Codes of the errors that another path avoids. */
const OF_THE_PATH = [
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ENOENT',
  'ELOOP',
  'ENAMETOOLONG',
];

/** Returns whether another path would avoid an error of this code. */
export function isOfThePath(code: string): boolean {
  return OF_THE_PATH.includes(code);
}

/** Returns what a path holds that no file may replace; null for a regular file or nothing. */
export function obstacle(found: Stats | undefined): string | null {
  if (found === undefined || found.isFile()) return null;
  return found.isDirectory() ? 'a folder' : 'a device or pipe';
}

/** Returns a path beside a file, for the text that is to replace it: a rename works within one file system. */
export function temporaryBeside(file: string): string {
  return `${file}.${randomBytes(4).toString('hex')}.tmp`;
}

/** Removes a temporary file. What prevents that has already failed the write, which reports it. */
export function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch {
    // There is no file.
  }
}
