import { usageError } from '../../core/errors.js';
import { OPTUNA_SCHEMA } from '../migrations/optuna-schema.js';
import { checkRevision, newerSchema, notATable, type SchemaState, TABLES } from '../migrations/schema.js';
import { num, type Operation, sql, text } from '../statement.js';
import { POSTGRES_MIGRATIONS } from './migrations.js';

/** A process that creates or changes tables holds this lock of the database. The number is hpo's own. */
const MIGRATION_LOCK = 0x68706f;

/** The oldest server that has what the log of changes needs. */
const OLDEST_SERVER = 130_000;

export function isCurrentPostgres(state: SchemaState): boolean {
  return !state.blank && state.version === POSTGRES_MIGRATIONS.length;
}

/**
 * Reads what a database is, without changing it. It may hold tables of other programs.
 * @throws HpoError (usage) storage.old-server, storage.foreign-database, storage.optuna-revision or storage.newer-schema.
 */
export function* inspectPostgres(url: string): Operation<SchemaState> {
  yield* checkServer(url);
  const rows = yield sql(
    `SELECT c.relname AS name, c.relkind::text AS kind FROM pg_class c
      WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
  );
  const ours = rows.filter((row) => TABLES.has(text(row, 'name')));
  const odd = ours.find((row) => row.kind !== 'r');
  if (odd) throw notATable(url, text(odd, 'name'));
  const tables = new Set(ours.map((row) => text(row, 'name')));
  if (tables.size === 0) return { blank: true, version: 0 };
  if (!tables.has('alembic_version') || !tables.has('trials'))
    throw usageError(
      'storage.foreign-database',
      `expected a database of studies in ${url}, got one of another program with a table ${[...tables][0]}`,
      { fix: 'name another database, or another schema: ?options=-csearch_path%3DNAME' },
    );
  yield* checkRevision(url);
  if (!tables.has('hpo_version')) return { blank: false, version: 0 };
  const [row] = yield sql('SELECT COALESCE(MAX(version), 0) AS version FROM hpo_version');
  const version = row ? num(row, 'version') : 0;
  if (version > POSTGRES_MIGRATIONS.length) throw newerSchema(url, POSTGRES_MIGRATIONS.length, version);
  return { blank: false, version };
}

function* checkServer(url: string): Operation<void> {
  const [row] = yield sql(
    `SELECT CAST(current_setting('server_version_num') AS INTEGER) AS version, current_setting('server_version') AS name,
      current_schema()::text AS schema`,
  );
  if (row && num(row, 'version') < OLDEST_SERVER)
    throw usageError(
      'storage.old-server',
      `expected PostgreSQL 13 or later at ${url}, got ${text(row, 'name')}`,
      {
        fix: 'upgrade the server',
      },
    );
  if (row?.schema === null)
    throw usageError('storage.no-schema', `expected a schema that this role may use in ${url}, got none`, {
      fix: 'create the first schema of its search_path (CREATE SCHEMA), or grant USAGE on it',
    });
}

/** Creates Optuna's tables where there are none, then runs every missing migration of hpo's own tables. */
export function* preparePostgres(url: string): Operation<void> {
  yield sql(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
  const state = yield* inspectPostgres(url);
  if (state.blank) for (const statement of OPTUNA_POSTGRES_SCHEMA) yield sql(statement);
  if (state.version === 0)
    yield sql('CREATE TABLE IF NOT EXISTS hpo_version (version INTEGER NOT NULL PRIMARY KEY)');
  for (const [done, migration] of POSTGRES_MIGRATIONS.entries()) {
    if (done < state.version) continue;
    for (const statement of migration) yield sql(statement);
    yield sql('INSERT INTO hpo_version (version) VALUES (?)', done + 1);
  }
}

/** Creates hpo's tables, empty and for this session alone, where they are missing and nothing may be written. */
export function* tempTablesInPostgres(): Operation<void> {
  for (const statement of POSTGRES_MIGRATIONS.flat()) {
    if (!/^CREATE TABLE hpo_/.test(statement)) continue;
    yield sql(
      statement
        .replace('CREATE TABLE', 'CREATE TEMP TABLE')
        .replace(/ REFERENCES \w+ \(\w+\)(?: ON DELETE CASCADE)?/g, ''),
    );
  }
}

const TYPES = [
  "CREATE TYPE studydirection AS ENUM ('NOT_SET', 'MINIMIZE', 'MAXIMIZE')",
  "CREATE TYPE trialstate AS ENUM ('RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING')",
  "CREATE TYPE trialvaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG')",
  "CREATE TYPE trialintermediatevaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG', 'NAN')",
];

/** Optuna's tables as it creates them on PostgreSQL: its ids count up, and its words are types. */
export const OPTUNA_POSTGRES_SCHEMA: readonly string[] = [
  ...TYPES,
  ...OPTUNA_SCHEMA.map((statement) =>
    statement
      .replace(/^(CREATE TABLE (?!version_info)\w+ \(\s*\w+_id) INTEGER NOT NULL/, '$1 SERIAL NOT NULL')
      .replace(/\bdirection VARCHAR\(8\)/, 'direction studydirection')
      .replace(/\bstate VARCHAR\(8\)/, 'state trialstate')
      .replace(/\bintermediate_value_type VARCHAR\(7\)/, 'intermediate_value_type trialintermediatevaluetype')
      .replace(/\bvalue_type VARCHAR\(7\)/, 'value_type trialvaluetype')
      .replace(/\bDATETIME\b/g, 'TIMESTAMP WITHOUT TIME ZONE')
      .replace(/\bFLOAT\b/g, 'FLOAT(53)'),
  ),
];
