import type BetterSqlite3 from 'better-sqlite3';
import { codeOf } from '../../core/system-error.js';
import type { Row } from '../statement.js';
import type { Connect, Failure } from './driver.js';

/**
 * What the addon has made in this process, where it must never be collected: from Node 24.19 on a collection of it that
 * no JavaScript runs in ends the process (`RemoveEnvironmentCleanupHook ... env != nullptr`), an error of node::ObjectWrap
 * that the addon's versions for Node 20 cannot avoid. It is little: a connection prepares each statement once.
 */
const kept: object[] = [];
const NODE_THAT_ABORTS = 24;

function keep<T extends object>(made: T): T {
  if (Number(process.versions.node.split('.')[0]) >= NODE_THAT_ABORTS) kept.push(made);
  return made;
}

/** @throws when the package or its compiled addon does not load on this machine. */
export async function loadBetterSqlite3(): Promise<Connect> {
  const { default: Database } = await import('better-sqlite3');
  // The addon itself is loaded only when a database is opened.
  keep(new Database(':memory:')).close();
  // Its own default is to wait for 5 s, with the event loop stopped.
  return (path, access = 'write') =>
    connect(keep(new Database(path, { timeout: 0, readonly: access === 'read' })));
}

/** Whether the package is there without its compiled addon: it was installed without scripts, or did not compile. */
export function isNotCompiled(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Could not locate the bindings file');
}

function connect(database: BetterSqlite3.Database): ReturnType<Connect> {
  const prepared = new Map<string, BetterSqlite3.Statement<unknown[], Row>>();
  return {
    name: 'better-sqlite3',
    all(sql, args) {
      let statement = prepared.get(sql);
      if (!statement) {
        statement = keep(database.prepare<unknown[], Row>(sql));
        prepared.set(sql, statement);
      }
      if (statement.reader) return statement.all(...args);
      statement.run(...args);
      return [];
    },
    failure: (error) => failureOf(error),
    close: () => {
      database.close();
    },
  };
}

const FAILURES: readonly (readonly [prefix: string, failure: Failure])[] = [
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  // Too many processes went for the locks of the WAL at once.
  ['SQLITE_PROTOCOL', 'busy'],
  ['SQLITE_NOTADB', 'not-a-database'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_FULL', 'full'],
  ['SQLITE_IOERR', 'io'],
  ['SQLITE_CANTOPEN', 'cannot-open'],
  ['SQLITE_READONLY', 'read-only'],
];

/** Its errors carry the name of the extended result code: SQLITE_BUSY_SNAPSHOT. */
function failureOf(error: unknown): Failure | null {
  const code = codeOf(error) ?? '';
  if (!code.startsWith('SQLITE_')) return null;
  return FAILURES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'other';
}
