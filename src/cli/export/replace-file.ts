import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../liveness/folders.js';
import { checkCsvFile } from '../../loggers/csv/file.js';

/**
 * Writes parts to a temporary file and renames it, so that a reader never sees half of it.
 * @throws HpoError csv.not-writable (usage) for what is no regular file.
 */
export async function replaceFile(file: string, parts: AsyncIterable<string | Uint8Array>): Promise<void> {
  checkCsvFile(file);
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  makeFolder(dirname(file));
  const to = openSync(temporary, 'wx');
  try {
    try {
      for await (const part of parts) writeFileSync(to, part);
      fsyncSync(to);
    } finally {
      closeSync(to);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
