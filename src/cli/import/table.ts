import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { usageError } from '../../core/errors.js';
import { lastReport, type Records, recordsOfJson, toRecords } from './foreign-records.js';

/** A table of results: rows by column name. */
export type Table = {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** The columns that are parameters, where the file says so. */
  readonly params: readonly string[];
};
export type Row = Readonly<Record<string, string>>;

/**
 * Reads a table: CSV, JSON of W&B or Ray Tune, or a folder with Ray's trials.
 * @throws HpoError import.not-found, import.bad-table (usage).
 */
export async function readTable(file: string): Promise<Table> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) return readRayFolder(file);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw usageError('import.not-found', `expected a readable file, got ${file}`, { cause });
  }
  if (!/\.csv$/i.test(file)) return tableOfJson(file, text);
  return tableOfCsv(file, text);
}

function tableOfJson(file: string, text: string): Table {
  const found = recordsOfJson(text);
  if (found === null || found.rows.length === 0)
    throw usageError('import.bad-table', `expected JSON objects, a list of them or one a line, got ${file}`);
  return toTable(file, found);
}

/** Each trial of Ray Tune has a folder with result.json, progress.csv, or both. */
async function readRayFolder(folder: string): Promise<Table> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const rows: unknown[] = [];
  for (const file of files.filter((each) => basename(each) === 'result.json').toSorted())
    rows.push(...(lastReport(readFileSync(file, 'utf8')) ?? []));
  const withJson = new Set(
    files.filter((each) => basename(each) === 'result.json').map((each) => dirname(each)),
  );
  for (const file of files.filter((each) => basename(each) === 'progress.csv').toSorted()) {
    if (withJson.has(dirname(file))) continue;
    const { rows: reports } = await tableOfCsv(file, readFileSync(file, 'utf8'), false);
    rows.push(...reports.slice(-1));
  }
  if (rows.length === 0)
    throw usageError(
      'import.bad-table',
      `expected trials of Ray Tune (result.json or progress.csv) in ${folder}, got none`,
    );
  return toTable(folder, toRecords(rows));
}

function toTable(file: string, { rows, params }: Records): Table {
  return { file, columns: [...new Set(rows.flatMap((row) => Object.keys(row)))], rows, params };
}

/** `isForeign`: Ray's and W&B's columns are read as their JSON is. */
async function tableOfCsv(file: string, text: string, isForeign = true): Promise<Table> {
  const [columns, ...records] = await parseRecords(file, text);
  if (!columns || records.length === 0) {
    throw usageError('import.bad-table', `expected a CSV table with a header and rows, got ${file}`);
  }
  const twice = columns.find((name, k) => columns.indexOf(name) !== k);
  if (twice !== undefined) throw usageError('import.bad-table', `${file} has the column ${twice} twice`);
  const rows = records.map((record) => Object.fromEntries(columns.map((name, k) => [name, record[k] ?? ''])));
  const hasConfig =
    columns.some((name) => name.startsWith('config/')) ||
    (columns.includes('config') && columns.includes('summary'));
  if (!isForeign || !hasConfig) return { file, columns, rows, params: [] };
  // progress.csv has all reports of one trial.
  const isTrial =
    columns.includes('training_iteration') && new Set(rows.map(({ trial_id }) => trial_id)).size === 1;
  return toTable(file, toRecords(isTrial ? rows.slice(-1) : rows));
}

/** Returns the cells of each line. Accepts the output of other programs: quotes inside a cell, rows of other lengths. */
async function parseRecords(file: string, text: string): Promise<string[][]> {
  const { CsvError, parse } = await import('csv-parse/sync');
  try {
    return parse(text, {
      bom: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw usageError('import.bad-table', `expected a CSV table in ${file}, got ${error.message}`, {
      cause: error,
    });
  }
}

/** Checks that the table has these columns. @throws HpoError import.no-column (usage). */
export function mustHave(table: Table, names: readonly string[]): void {
  for (const name of names) {
    if (table.columns.includes(name)) continue;
    throw usageError('import.no-column', `${table.file} has no column ${JSON.stringify(name)}`, {
      fix: `its columns: ${table.columns.join(', ')}`,
    });
  }
}
