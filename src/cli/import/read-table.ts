import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { usageError } from '../../core/errors.js';
import { parseLooseJson } from '../../protocol/formats/json.js';
import { agentTables, isAgentLog } from './agent-log.js';
import { lastReport, type Records, recordsOfJson, recordsOfLines, toRecords } from './foreign-records.js';
import { jsonLines } from './json-lines.js';
import type { Table } from './table.js';
import { areTrials, trialTable } from './trial-lines.js';

/** Larger files are parts of others: a program reads them line by line. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * Reads the tables of a file: of an agent's log one for each metric that it optimized, the newest last; of any other file one.
 * @throws HpoError import.not-found, import.too-large, import.bad-table, import.bad-line (usage).
 */
export async function readTables(file: string): Promise<readonly Table[]> {
  if (!/\.jsonl$/i.test(file)) return [await readTable(file)];
  const text = await readText(file);
  // One JSON text over many lines, or a list.
  if (/\n/.test(text.trim()) && parseLooseJson(text) !== undefined) return [tableOfJson(file, text)];
  const lines = jsonLines(file, text);
  if (areTrials(lines)) return [trialTable(file, lines)];
  if (!isAgentLog(lines)) return [toTable(file, recordsOfLines(lines.map(({ value }) => value)))];
  const tables = agentTables(file, lines);
  if (tables.length > 0) return tables;
  throw usageError('import.bad-table', `expected experiments in the log ${file}, got none`);
}

/**
 * Reads a table: CSV, JSON of W&B or Ray Tune, or a folder with Ray's trials.
 * @throws HpoError import.not-found, import.too-large, import.bad-table (usage).
 */
export async function readTable(file: string): Promise<Table> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) return readRayFolder(file);
  const text = await readText(file);
  if (!/\.csv$/i.test(file)) return tableOfJson(file, text);
  return tableOfCsv(file, text);
}

async function readText(file: string): Promise<string> {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size > MAX_BYTES)
    throw usageError('import.too-large', `expected at most ${MAX_BYTES} bytes, ${file} has ${size}`, {
      fix: 'import it in parts, with --study NAME',
    });
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw usageError('import.not-found', `expected a readable file, got ${file}`, { cause });
  }
}

function tableOfJson(file: string, text: string): Table {
  const found = recordsOfJson(text);
  return toTable(file, found ?? { rows: [], params: [] });
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
  if (rows.length === 0)
    throw usageError('import.bad-table', `expected JSON objects, a list of them or one a line, got ${file}`);
  return { file, columns: [...new Set(rows.flatMap((row) => Object.keys(row)))], rows, params, log: null };
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
  if (!isForeign || !hasConfig) return { file, columns, rows, params: [], log: null };
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
