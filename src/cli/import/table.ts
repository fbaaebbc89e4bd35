import { readFile } from 'node:fs/promises';
import { usageError } from '../../core/errors.js';
import { parseRecords } from '../../loggers/csv/format.js';

/** A table of results: the rows by the names of its columns. */
export type Table = {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
};
export type Row = Readonly<Record<string, string>>;

/** @throws HpoError import.not-found, import.bad-table (usage). */
export async function readTable(file: string): Promise<Table> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw usageError('import.not-found', `expected a file that can be read, got ${file}`, { cause });
  }
  // A byte order mark is what spreadsheets begin with; a last line may have no end.
  const [columns, ...records] = parseRecords(
    `${text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '')}\n`,
    Infinity,
  );
  if (!columns || records.length === 0) {
    throw usageError('import.bad-table', `expected a CSV table with a header and rows, got ${file}`);
  }
  const twice = columns.find((name, k) => columns.indexOf(name) !== k);
  if (twice !== undefined) throw usageError('import.bad-table', `${file} has the column ${twice} twice`);
  return {
    file,
    columns,
    rows: records
      .filter((record) => record.length > 1 || record[0] !== '')
      .map((record) => Object.fromEntries(columns.map((name, k) => [name, record[k] ?? '']))),
  };
}

/** @throws HpoError import.no-column (usage). */
export function mustHave(table: Table, names: readonly string[]): void {
  for (const name of names) {
    if (table.columns.includes(name)) continue;
    throw usageError('import.no-column', `${table.file} has no column ${JSON.stringify(name)}`, {
      fix: `its columns: ${table.columns.join(', ')}`,
    });
  }
}
