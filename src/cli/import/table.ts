import { usageError } from '../../core/errors.js';
import type { Log } from './log-row.js';

/** A table of results: rows by column name. */
export type Table = {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** The columns that are parameters, where the file says so. */
  readonly params: readonly string[];
  /** What a log says besides; null where the cells say everything. */
  readonly log: Log | null;
};
export type Row = Readonly<Record<string, string>>;

/** Returns a cell; undefined where the row has none, also under a name that every object has, such as `constructor`. */
export function cell(row: Row, name: string): string | undefined {
  return Object.hasOwn(row, name) ? row[name] : undefined;
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
