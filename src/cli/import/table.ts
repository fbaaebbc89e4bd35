import { readFile } from 'node:fs/promises';
import { usageError } from '../../core/errors.js';

/** A table of results: rows by column name. */
export type Table = {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
};
export type Row = Readonly<Record<string, string>>;

/** Reads a table. @throws HpoError import.not-found, import.bad-table (usage). */
export async function readTable(file: string): Promise<Table> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw usageError('import.not-found', `expected a readable file, got ${file}`, { cause });
  }
  const [columns, ...records] = await parseRecords(file, text);
  if (!columns || records.length === 0) {
    throw usageError('import.bad-table', `expected a CSV table with a header and rows, got ${file}`);
  }
  const twice = columns.find((name, k) => columns.indexOf(name) !== k);
  if (twice !== undefined) throw usageError('import.bad-table', `${file} has the column ${twice} twice`);
  return {
    file,
    columns,
    rows: records.map((record) => Object.fromEntries(columns.map((name, k) => [name, record[k] ?? '']))),
  };
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
