import type { SchemaState } from '../migrations/schema.js';
import type { Operation } from '../statement.js';

/**
 * What differs between databases. Operations are written in the SQL that SQLite and PostgreSQL share, with `?` for each
 * value; nothing outside `src/storage` knows a dialect. `docs/storage-dialects.md` lists what a second one must supply.
 */
export interface Dialect {
  readonly name: string;
  /** Returns a statement in the words of this database, or null when this database has nothing to do for it. */
  render(sql: string): string | null;
  /** Begins a transaction. What a write reads must still hold when it commits. */
  readonly begin: { readonly read: string; readonly write: string };
  /**
   * A statement with one row and one value, which differs from an earlier one whenever a commit of another connection has
   * become visible in between. It follows the order of commits, and never the order of ids: where several transactions
   * write at once, a lower id can become visible later.
   */
  readonly changeSequence: string;
  readonly schema: Schema;
}

/** The tables of hpo and Optuna in one database. `url` is for messages. */
export interface Schema {
  /**
   * Reads what a database is, without changing it.
   * @throws HpoError (usage) storage.foreign-database, storage.optuna-revision or storage.newer-schema.
   */
  inspect(url: string): Operation<SchemaState>;
  /** Creates Optuna's tables in an empty database, then runs every missing migration of hpo's own tables. */
  prepare(url: string): Operation<void>;
  /** Creates hpo's tables, empty and for this connection alone, and makes the connection read-only. */
  createTempTables(): Operation<void>;
}
