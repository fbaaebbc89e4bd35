import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { HpoError } from '../core/errors.js';
import { damaged } from './sqlite-errors.js';
import { type Operation, sql, text } from './statement.js';

/** Files up to this size are read whole at each opening, which takes some tenths of a second at most. */
const QUICK_CHECK_BYTES = 32 * 1024 * 1024;

/** Returns what is wrong with the files, before SQLite opens them; null when nothing shows. */
export function tornFile(path: string, url: string): HpoError | null {
  const bytes = sizeOf(path);
  // SQLite takes an empty file for a new database and deletes its log, and with it the newest results.
  if (bytes === 0 && sizeOf(`${path}-wal`) > 0)
    return damaged(url, 'the file is empty, but its write-ahead log is not');
  return null;
}

/**
 * Whether the first page is one that was lost (a crash may leave zeros) rather than the beginning of another kind of
 * file; asked when SQLite says that the file is none of its own.
 */
export function hasLostFirstPage(path: string): boolean {
  const head = Buffer.alloc(100);
  const from = openSync(path, 'r');
  try {
    const bytes = readSync(from, head, 0, head.length, 0);
    const zeros = head.subarray(0, bytes).every((byte) => byte === 0);
    return zeros || head.toString('latin1', 0, 15) === 'SQLite format 3' || sizeOf(`${path}-wal`) > 0;
  } finally {
    closeSync(from);
  }
}

/**
 * Looks for torn pages: all of a small file. Of a large one, SQLite itself compares the size with the header and reads
 * the schema; the rest shows when it is met (`hpo storage check` looks at all of it).
 * @throws HpoError storage.corrupt.
 */
export function* quickCheck(path: string, url: string): Operation<void> {
  if (sizeOf(path) > QUICK_CHECK_BYTES) return;
  const [row] = yield sql('PRAGMA quick_check(1)');
  const said = row ? text(row, 'quick_check') : 'ok';
  if (said !== 'ok') throw damaged(url, firstLine(said));
}

/** Reads every page and every index; what is wrong, a line each, and none when all is well. */
export function* fullCheck(): Operation<readonly string[]> {
  const rows = yield sql('PRAGMA integrity_check(100)');
  return rows
    .map((row) => text(row, 'integrity_check'))
    .flatMap((said) => said.split('\n'))
    .filter((line) => line !== 'ok' && !line.startsWith('***'));
}

/** SQLite puts a heading (`*** in database main ***`) before what it found. */
function firstLine(said: string): string {
  return said.split('\n').find((line) => line !== '' && !line.startsWith('***')) ?? said;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
