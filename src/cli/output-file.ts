import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type HpoError, usageError } from '../core/errors.js';
import { makeFolder } from '../liveness/folders.js';

/** Errors that another path avoids. */
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

/**
 * Lets `write` write a temporary file and renames that, so that a reader never sees half of it. Makes the folder. Returns what
 * `write` does. @throws HpoError output.not-writable (usage) for a path that cannot be written, or is no regular file.
 */
export async function replaceWith<T>(file: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found && !found.isFile())
      throw notWritable(file, found.isDirectory() ? 'a folder' : 'a device or pipe');
    makeFolder(dirname(file));
    const result = await write(temporary);
    renameSync(temporary, file);
    return result;
  } catch (cause) {
    discard(temporary);
    const { code, path } = cause as NodeJS.ErrnoException;
    if (code === undefined || path === undefined || !OF_THE_PATH.includes(code)) throw cause;
    throw notWritable(file, code, cause);
  }
}

/** Writes parts of a text or of bytes in the place of a file. @throws HpoError output.not-writable (usage). */
export function replaceFile(
  file: string,
  parts: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): Promise<void> {
  return replaceWith(file, async (temporary) => {
    const to = openSync(temporary, 'wx');
    try {
      // Not writeSync: on a disk that is nearly full it writes a part without an error.
      for await (const part of parts) writeFileSync(to, part);
      fsyncSync(to);
    } finally {
      closeSync(to);
    }
  });
}

function notWritable(file: string, got: string, cause?: unknown): HpoError {
  return usageError('output.not-writable', `expected to write ${file === '' ? 'a file' : file}, got ${got}`, {
    fix: 'give another file',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Removes the temporary file. What prevents that has already failed the write, which reports it. */
function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch {
    // There is no file.
  }
}
