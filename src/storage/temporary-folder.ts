import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usageError } from '../core/errors.js';
import { codeOf } from '../core/system-error.js';

/** Makes a folder of a new name for temporary files. @throws HpoError tmp.not-writable (usage). */
export function makeTemporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (cause) {
    const got = codeOf(cause) ?? 'an error';
    throw usageError('tmp.not-writable', `expected a folder for temporary files at ${tmpdir()}, got ${got}`, {
      fix: 'set TMPDIR to a folder that is there and that you may write, such as TMPDIR=/tmp',
      cause,
    });
  }
}
