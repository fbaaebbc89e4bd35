import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { type HpoError, usageError } from '../../core/errors.js';
import { discard, isOfThePath, obstacle, temporaryBeside } from '../../liveness/file-replacement.js';
import { makeFolder } from '../../liveness/folders.js';
import { neutralized } from './format.js';
import type { CsvSource } from './source.js';
import { csvRecords } from './text.js';

/**
 * Accepts a path with a regular file or nothing: the table replaces what is there.
 * @throws HpoError csv.not-writable (usage error).
 */
export function checkCsvFile(file: string): void {
  if (file === '-') throw notStdout();
  let found: Stats | undefined;
  try {
    found = statSync(file, { throwIfNoEntry: false });
  } catch (cause) {
    throw notWritable(file, (cause as NodeJS.ErrnoException).code ?? 'an error', cause);
  }
  const inTheWay = obstacle(found);
  if (inTheWay !== null) throw notWritable(file, inTheWay);
}

function notStdout(): HpoError {
  return usageError(
    'csv.not-writable',
    'expected a file for the table, which the sweep rewrites again and again, got -',
    {
      fix: 'name a file (./- for a file called -); hpo export-csv --out - writes the table to stdout',
    },
  );
}

function notWritable(file: string, got: string, cause?: unknown): HpoError {
  return usageError('csv.not-writable', `expected to write ${file}, got ${got}`, {
    fix: 'give another file (--csv FILE; --out FILE of hpo export-csv)',
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Writes the table to a temporary file beside it and renames that, so that a reader never sees half a table. A table of another
 * study in the way is kept as NAME.OLDSTUDY.csv. Returns the path of the kept table, or null. `onRecords` receives the
 * records as they are written: the header, then the rows.
 * @throws HpoError csv.not-writable (usage error) when the folder cannot be written.
 */
export async function writeCsv(
  file: string,
  source: CsvSource,
  onRecords: (records: readonly string[]) => void = () => {},
): Promise<string | null> {
  checkCsvFile(file);
  const temporary = temporaryBeside(file);
  try {
    makeFolder(dirname(file));
    const to = openSync(temporary, 'wx');
    try {
      // Not writeSync: on a disk that is nearly full it writes a part without an error.
      for await (const records of csvRecords(source)) {
        writeFileSync(to, records.join(''));
        onRecords(records);
      }
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
    if (code === undefined || !isOfThePath(code)) throw cause;
    throw notWritable(file, code, cause);
  }
}

/** Makes the rename survive a loss of power. File systems that cannot sync a folder do it by themselves. */
function syncFolder(folder: string): void {
  try {
    const from = openSync(folder, 'r');
    try {
      fsyncSync(from);
    } finally {
      closeSync(from);
    }
  } catch {
    // The rename has happened.
  }
}

function keepOther(file: string, { study }: CsvSource): string | null {
  const other = studyOf(file);
  if (other === null || other === study || other === neutralized(study)) return null;
  const extension = extname(file);
  const stem = join(dirname(file), basename(file, extension));
  // A study's newer table replaces its older one. A file that hpo did not write is never lost.
  let kept = `${stem}.${other.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 100) || 'other'}${extension}`;
  for (let k = 2; other === '' && existsSync(kept); k++) kept = `${stem}.other-${k}${extension}`;
  renameSync(file, kept);
  return kept;
}

/** Returns the study in the first row of a table; '' for a file that hpo did not write, null without a file or without rows. */
function studyOf(file: string): string | null {
  const [names, first] = readHead(file);
  if (names === undefined) return null;
  if (names[0] !== 'study') return '';
  return first?.[0] ?? null;
}

/** No header of hpo is longer. */
const MAX_HEAD_BYTES = 64 * 1024 * 1024;

/** Returns the header and the first row, however long they are. No header: no file, or one of blanks. */
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

/** Returns the first two records of a file from its beginning. An incomplete last line counts only where the file ends. */
function parseHead(text: string, isAll: boolean): string[][] {
  const whole = isAll ? text : text.slice(0, text.lastIndexOf('\n') + 1);
  for (const to of [2, 1]) {
    try {
      return parse(whole, { ...LENIENT, to });
    } catch (error) {
      // The text ends inside a quoted cell.
      if (!(error instanceof CsvError)) throw error;
    }
  }
  // A header without names: the file exists and is no table.
  return [[]];
}

const LENIENT = {
  bom: true,
  relax_column_count: true,
  relax_quotes: true,
  skip_records_with_empty_values: true,
} as const;
