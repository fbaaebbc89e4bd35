import { closeSync, fsyncSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type HpoError, usageError } from '../core/errors.js';
import { discard, isOfThePath, obstacle, temporaryBeside } from '../liveness/file-replacement.js';
import { makeFolder } from '../liveness/folders.js';

/**
 * Lets `write` write a temporary file and renames that, so that a reader never sees half of it. Makes the folder. Returns what
 * `write` does. @throws HpoError output.not-writable (usage) for a path that cannot be written, or is no regular file.
 */
export async function replaceWith<T>(file: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = temporaryBeside(file);
  try {
    const found = obstacle(statSync(file, { throwIfNoEntry: false }));
    if (found !== null) throw notWritable(file, found);
    makeFolder(dirname(file));
    const result = await write(temporary);
    renameSync(temporary, file);
    return result;
  } catch (cause) {
    discard(temporary);
    const { code, path } = cause as NodeJS.ErrnoException;
    if (code === undefined || path === undefined || !isOfThePath(code)) throw cause;
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
