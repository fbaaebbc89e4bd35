/** What may be bound to a statement or come back in a row. Never a boolean or a bigint: not every driver has them. */
export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;
/**
 * One statement. Operations write `sql` in the SQL that SQLite and PostgreSQL share, with `?` for each value; a dialect
 * translates the rest.
 */
export type Statement = {
  readonly sql: string;
  readonly args: readonly SqlValue[];
  /**
   * Null, or: this statement is the last of its transaction, which commits whatever the rows are. So a server needs no second
   * exchange. Reads what the operation returns where the answer was lost and the transaction is known to be committed: it may
   * have written nothing.
   */
  readonly reread: Reread | null;
};

/**
 * One transaction, written once for every database: it yields statements and receives their rows. Nothing outside may
 * change between two steps, since the whole operation starts again when the database was busy.
 */
export type Operation<T> = Generator<Statement, T, readonly Row[]>;

export function sql(text: string, ...args: readonly SqlValue[]): Statement {
  return { sql: text, args, reread: null };
}

/** `transaction`: the name by which the rows that it wrote are known. */
export type Reread = (transaction: string) => Operation<unknown>;

/** The last statement of a transaction. */
export function lastSql(reread: Reread, text: string, ...args: readonly SqlValue[]): Statement {
  return { sql: text, args, reread };
}

/** An operation that knows its result already. */
// biome-ignore lint/correctness/useYield: it reads nothing
export function* returning<T>(result: T): Operation<T> {
  return result;
}

/** A row that holds something that neither hpo nor Optuna writes: another program made or damaged the file. */
export class BadRow extends TypeError {}

/** @throws BadRow when the column holds anything but a number. */
export function num(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw mismatch(column, 'a number', value);
  return value;
}

export function numOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : num(row, column);
}

/** @throws BadRow when the column holds anything but text. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw mismatch(column, 'text', value);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

function mismatch(column: string, expected: string, came: unknown): BadRow {
  return new BadRow(`expected ${expected} in column ${column} of the database, got ${typeof came}`);
}
