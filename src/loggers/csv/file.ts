import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { type HpoError, usageError } from '../../core/errors.js';
import { makeFolder } from '../../liveness/folders.js';
import { neutralized } from './format.js';
import type { CsvSource } from './table.js';
import { csvText } from './text.js';

const NOT_WRITABLE = [
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
 * Refuses a place that holds something else than a file: a table takes the place of what is there.
 * @throws HpoError csv.not-writable (usage error).
 */
export function checkCsvPlace(file: string): void {
  if (file === '-') throw replacedWhole();
  let found: Stats | undefined;
  try {
    found = statSync(file, { throwIfNoEntry: false });
  } catch (cause) {
    throw notWritable(file, (cause as NodeJS.ErrnoException).code ?? 'an error', cause);
  }
  if (found && !found.isFile())
    throw notWritable(file, found.isDirectory() ? 'a folder' : 'a device or pipe');
}

function replacedWhole(): HpoError {
  return usageError(
    'csv.not-writable',
    'expected a file for the table, which is replaced as the sweep runs, got -',
    {
      fix: 'name a file (./- for one that is called -); hpo export-csv --out - writes the table to stdout',
    },
  );
}

function notWritable(file: string, got: string, cause?: unknown): HpoError {
  return usageError('csv.not-writable', `expected to write ${file}, got ${got}`, {
    fix: 'give another file (--csv FILE)',
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Writes the table beside its place and renames it over the old one, so that a reader never sees half a file.
 * A file of another study in the way is kept as NAME.OLDSTUDY.csv; returns its new path, else null.
 * @throws HpoError csv.not-writable (usage error) when the folder cannot be written.
 */
export async function writeCsv(file: string, source: CsvSource): Promise<string | null> {
  checkCsvPlace(file);
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    makeFolder(dirname(file));
    const to = openSync(temporary, 'wx');
    try {
      // Not writeSync: on a disk that is nearly full it writes a part and says nothing.
      for await (const text of csvText(source)) writeFileSync(to, text);
      fsyncSync(to);
    } finally {
      closeSync(to);
    }
    const kept = keepOther(file, source);
    renameSync(temporary, file);
    syncFolder(dirname(file));
    return kept;
  } catch (cause) {
    discard(temporary);
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined || !NOT_WRITABLE.includes(code)) throw cause;
    throw notWritable(file, code, cause);
  }
}

/** A loss of power must not undo the renaming. Some file systems cannot sync a folder; they sync it by themselves. */
function syncFolder(folder: string): void {
  try {
    const from = openSync(folder, 'r');
    try {
      fsyncSync(from);
    } finally {
      closeSync(from);
    }
  } catch {
    // The table is in its place all the same.
  }
}

/** Whatever stands in the way of removing it stood in the way of writing too, and is told from there. */
function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch {
    // Nothing was made.
  }
}

function keepOther(file: string, { study }: CsvSource): string | null {
  const other = studyOf(file);
  if (other === null || other === study || other === neutralized(study)) return null;
  const extension = extname(file);
  const stem = join(dirname(file), basename(file, extension));
  // A study's newer table takes the place of its older one; a file that is not ours is never lost.
  let kept = `${stem}.${other.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 100) || 'other'}${extension}`;
  for (let k = 2; other === '' && existsSync(kept); k++) kept = `${stem}.other-${k}${extension}`;
  renameSync(file, kept);
  return kept;
}

/** The study in the first row of a CSV of hpo; '' for a file that is not hpo's, null for none or one without rows. */
function studyOf(file: string): string | null {
  const [names, first] = readHead(file);
  if (names === undefined) return null;
  if (names[0] !== 'study') return '';
  return first?.[0] ?? null;
}

/** A longer header is none of hpo's. */
const MAX_HEAD_BYTES = 64 * 1024 * 1024;

/** The header and the first row, however long they are. No header: no file, or one of blanks. */
function readHead(file: string): string[][] {
  let from: number;
  try {
    from = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    for (let length = 256 * 1024; ; length *= 4) {
      const bytes = Buffer.alloc(length);
      const read = readSync(from, bytes, 0, length, 0);
      const isAll = read < length || length >= MAX_HEAD_BYTES;
      const records = parseHead(bytes.toString('utf8', 0, read), isAll);
      if (isAll || records.length === 2) return records;
    }
  } finally {
    closeSync(from);
  }
}

/** The first two records of the beginning of a file; the last line may be torn, and counts only where it is the file's. */
function parseHead(text: string, isAll: boolean): string[][] {
  const whole = isAll ? text : text.slice(0, text.lastIndexOf('\n') + 1);
  for (const to of [2, 1]) {
    try {
      return parse(whole, { ...LENIENT, to });
    } catch (error) {
      // Torn inside a quoted cell.
      if (!(error instanceof CsvError)) throw error;
    }
  }
  // A header without names: there is something, and it is no table.
  return [[]];
}

const LENIENT = {
  bom: true,
  relax_column_count: true,
  relax_quotes: true,
  skip_records_with_empty_values: true,
} as const;
