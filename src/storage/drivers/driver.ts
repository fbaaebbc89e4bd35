import type { Row, SqlValue } from '../statement.js';

/** The failures of a database that are handled differently; every other one is `other`. */
export type Failure =
  | 'busy'
  | 'not-a-database'
  | 'corrupt'
  | 'full'
  /** Reading or writing failed: a broken disk, or one that is full in a way that SQLite does not know. */
  | 'io'
  | 'cannot-open'
  | 'read-only'
  | 'other';

/** One connection to one database, and all that is known of the library behind it. */
export interface Driver {
  readonly name: DriverName;
  /** Runs one statement to its end; the rows it returns, or none. */
  all(sql: string, args: readonly SqlValue[]): readonly Row[];
  /** Returns the kind of failure of an error; null when it does not come from the database. */
  failure(error: unknown): Failure | null;
  close(): void;
}

export type DriverName = 'better-sqlite3' | 'node-sqlite';

/**
 * Opens a connection that waits for no lock; `path` is absolute, or `:memory:`. `read`: of a file that is there, and
 * nothing can be written. Throws the library's own errors.
 */
export type Connect = (path: string, access?: 'read' | 'write') => Driver;

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const FAILURES: Readonly<Record<number, Failure>> = {
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'cannot-open',
  // Too many processes went for the locks of the WAL at once.
  15: 'busy',
  26: 'not-a-database',
};

/** An extended result code holds the primary one in its low byte. */
export function failureOfCode(code: number): Failure {
  return FAILURES[code & 0xff] ?? 'other';
}
