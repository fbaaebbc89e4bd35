import { type HpoError, usageError } from '../../core/errors.js';
import { isPostgresUrl } from '../shown-url.js';
import { num, type Operation, type Row, sql, text } from '../statement.js';
import { MIGRATIONS } from './migrations.js';
import { OPTUNA_REVISION, OPTUNA_SCHEMA } from './optuna-schema.js';

/** What a database is, as its tables show. `version`: how many of hpo's migrations it has. */
export type SchemaState = { readonly blank: boolean; readonly version: number };

/** Whether the database can be used as it is. */
export function isCurrent(state: SchemaState): boolean {
  return !state.blank && state.version === MIGRATIONS.length;
}

const CREATE = /^CREATE TABLE(?= hpo_)/;
/** Statements that create or change hpo's tables. Of two tables with one name, SQLite takes the temporary one. */
const TABLE = /^(CREATE|ALTER) TABLE hpo_/;

/**
 * Creates hpo's tables, empty and for this connection alone, in a file that has none and is only read. Queries find
 * nothing in them, and the file stays as it is.
 */
export function* createTempTables(): Operation<void> {
  for (const statement of MIGRATIONS.flat())
    if (TABLE.test(statement)) yield sql(statement.replace(CREATE, 'CREATE TEMP TABLE'));
  // Anything written by mistake would be lost with them.
  yield sql('PRAGMA query_only = ON');
}

/**
 * Reads what a file is, without changing it.
 * @throws HpoError (usage) storage.foreign-database, storage.optuna-revision or storage.newer-schema.
 */
export function* inspectSchema(url: string): Operation<SchemaState> {
  const rows = yield sql(
    "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'",
  );
  const odd = rows.find((row) => TABLES.has(text(row, 'name').toLowerCase()) && !isPlainTable(row));
  if (odd) throw notATable(url, text(odd, 'name'));
  const tables = new Set(rows.filter((row) => row.type === 'table').map((row) => text(row, 'name')));
  if (tables.size === 0) return { blank: true, version: 0 };
  if (!tables.has('alembic_version') || !tables.has('trials')) {
    throw usageError(
      'storage.foreign-database',
      `expected a database of studies in ${url}, got one of another program`,
      { fix: 'name another file; it is created when it does not exist' },
    );
  }
  yield* checkRevision(url);
  if (!tables.has('hpo_version')) return { blank: false, version: 0 };
  const [row] = yield sql('SELECT COALESCE(MAX(version), 0) AS version FROM hpo_version');
  const version = row ? num(row, 'version') : 0;
  if (version > MIGRATIONS.length) throw newerSchema(url, MIGRATIONS.length, version);
  return { blank: false, version };
}

export function newerSchema(url: string, newest: number, version: number): HpoError {
  return usageError(
    'storage.newer-schema',
    `expected at most version ${newest} of hpo's tables in ${url}, got ${version}`,
    { fix: 'a newer hpo wrote it: upgrade this one' },
  );
}

export function* checkRevision(url: string): Operation<void> {
  const rows = yield sql('SELECT version_num FROM alembic_version');
  const revision = rows.map((row) => text(row, 'version_num')).join(', ');
  if (revision === OPTUNA_REVISION) return;
  throw usageError(
    'storage.optuna-revision',
    `expected revision ${OPTUNA_REVISION} of Optuna's schema in ${url}, got ${revision || 'none'}`,
    {
      fix: `for a database of an older Optuna, run \`optuna storage upgrade --storage ${isPostgresUrl(url) ? 'URL' : 'sqlite:///FILE'}\` with Optuna 3.2 or later`,
    },
  );
}

/** Names of Optuna's tables and hpo's. */
export const TABLES: ReadonlySet<string> = new Set(
  [...OPTUNA_SCHEMA, ...MIGRATIONS.flat()].flatMap(
    (statement) => /^CREATE TABLE (\w+)/.exec(statement)?.[1] ?? [],
  ),
).add('hpo_version');

/** A view, or a table of a module, runs code from the file, for any length of time. */
function isPlainTable(row: Row): boolean {
  return row.type === 'table' && !/^CREATE\s+VIRTUAL/i.test(text(row, 'sql'));
}

export function notATable(url: string, name: string): HpoError {
  return usageError(
    'storage.foreign-database',
    `expected a database of studies in ${url}, got one with something else in place of the table ${name}`,
    { fix: 'ask the author of the file: neither hpo nor Optuna created it' },
  );
}

/** Creates Optuna's tables in an empty file, then runs every missing migration of hpo's own tables. */
export function* prepareSchema(url: string): Operation<void> {
  // Read again inside the transaction: two processes may have found the same empty file.
  const state = yield* inspectSchema(url);
  if (state.blank) for (const statement of OPTUNA_SCHEMA) yield sql(statement);
  if (state.version === 0)
    yield sql('CREATE TABLE IF NOT EXISTS hpo_version (version INTEGER NOT NULL PRIMARY KEY)');
  for (const [done, migration] of MIGRATIONS.entries()) {
    if (done < state.version) continue;
    for (const statement of migration) yield sql(statement);
    yield sql('INSERT INTO hpo_version (version) VALUES (?)', done + 1);
  }
}
