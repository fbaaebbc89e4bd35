import type { Row, SqlValue } from '../statement.js';
import { type Connect, type Failure, failureOfCode } from './driver.js';

// The part of node:sqlite that is used, declared here because the types of the oldest Node we support lack it.
type Statement = { all(...args: readonly SqlValue[]): Row[] };
type Database = { prepare(sql: string): Statement; close(): void };
type NodeSqlite = { DatabaseSync: new (path: string, options: { readOnly: boolean }) => Database };

/** @throws when this Node has no node:sqlite (before 22.13, or 22.5 to 22.12 without its flag). */
export async function loadNodeSqlite(): Promise<Connect> {
  // Not a plain import: bundlers and older Nodes would refuse the whole module for it.
  const module = withoutExperimentalWarning(() => process.getBuiltinModule?.('node:sqlite')) as
    | NodeSqlite
    | undefined;
  if (!module) throw new Error(`Node ${process.version} has no node:sqlite`);
  const { DatabaseSync } = module;
  return (path, access = 'write') => connect(new DatabaseSync(path, { readOnly: access === 'read' }));
}

/** Node 22 and 23 warn on stderr when node:sqlite is loaded; of the users of hpo nobody chose it. */
function withoutExperimentalWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = (...args: unknown[]) => {
    if (args[1] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, args);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function connect(database: Database): ReturnType<Connect> {
  const prepared = new Map<string, Statement>();
  return {
    name: 'node-sqlite',
    all(sql, args) {
      let statement = prepared.get(sql);
      if (!statement) {
        statement = database.prepare(sql);
        prepared.set(sql, statement);
      }
      return statement.all(...args);
    },
    failure: (error) => failureOf(error),
    close: () => database.close(),
  };
}

/** Its errors carry the extended result code as a number. */
function failureOf(error: unknown): Failure | null {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? failureOfCode(code) : null;
}
