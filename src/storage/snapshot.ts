import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HpoError } from '../core/errors.js';
import { codeOf } from '../core/system-error.js';

const TRIES = 40;
const PAUSE_MS = 50;
/** Files beside a database that belong to it: committed pages, and pages to undo an unfinished commit. */
const BESIDE = ['-wal', '-journal'];

/**
 * Copies a database that others may be writing into a folder of its own below `folder`, and returns the path of the copy.
 * The copy is as the database was at one moment: where its file or the beginning of its log has changed meanwhile, it is
 * made again. What is appended to the log meanwhile may come along in part, which SQLite sees and leaves out.
 * @throws HpoError storage.busy when it changes all the time.
 */
export async function copyDatabase(path: string, folder: string): Promise<string> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const place = join(folder, String(tries));
    mkdirSync(place);
    const copy = join(place, 'copy.db');
    const before = stateOf(path);
    for (const suffix of ['', ...BESIDE]) copyIfThere(path + suffix, copy + suffix);
    if (before === stateOf(path)) return copy;
    await delay(PAUSE_MS);
  }
  throw new HpoError('storage.busy', `the database ${path} was written all the time while it was copied`, {
    fix: 'try again later',
  });
}

/** Equal before and after: no page of the file was written, and its log was not begun again. */
function stateOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true });
  const journal = statSync(`${path}-journal`, { bigint: true, throwIfNoEntry: false });
  return [ino, size, mtimeNs, journal?.size, journal?.mtimeNs, headOf(`${path}-wal`, 32)].join(' ');
}

/** The first bytes of a file in hexadecimal; empty where there is none. */
export function headOf(file: string, bytes: number): string {
  if (!existsSync(file)) return '';
  const from = openSync(file, 'r');
  try {
    const head = Buffer.alloc(bytes);
    return head.toString('hex', 0, readSync(from, head, 0, bytes, 0));
  } finally {
    closeSync(from);
  }
}

function copyIfThere(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    // The log goes when the last program closes the database.
    if (codeOf(error) !== 'ENOENT' || !BESIDE.some((suffix) => from.endsWith(suffix))) throw error;
  }
}
