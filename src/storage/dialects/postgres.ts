import { FOR_UPDATE } from '../operations/locks.js';
import { inspectPostgres, preparePostgres, tempTablesInPostgres } from '../postgres/schema.js';
import type { Dialect } from './dialect.js';

const rendered = new Map<string, string>();

export const postgres: Dialect = {
  name: 'postgres',
  render: (sql) => {
    const known = rendered.get(sql) ?? translate(sql);
    rendered.set(sql, known);
    return known;
  },
  // A write sees what was committed before each of its statements: what it reads after it has a lock still holds.
  begin: {
    read: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    write: 'BEGIN ISOLATION LEVEL READ COMMITTED',
  },
  // Names every transaction that is not visible yet, so it differs whenever one has become visible.
  changeSequence: 'SELECT pg_current_snapshot()',
  schema: { inspect: inspectPostgres, prepare: preparePostgres, createTempTables: tempTablesInPostgres },
};

const LOCK = ' FOR NO KEY UPDATE';
const silent = new Map<string, boolean>();

/** Returns whether nobody reads the rows of a rendered statement: it writes without RETURNING, or only locks. */
export function isSilent(rendered: string): boolean {
  const known = silent.get(rendered) ?? (rendered.endsWith(LOCK) || isPlainWrite(rendered));
  silent.set(rendered, known);
  return known;
}

function isPlainWrite(rendered: string): boolean {
  return /^\s*(?:INSERT|UPDATE|DELETE)\b/.test(rendered) && !/\bRETURNING\b/.test(rendered);
}

/** A mark before a column that keeps SQLite from an index. */
const HINT = /(?<=[\s(=])\+(?=[a-z]\.[a-z_]+)/g;
/** What SQLite reads as a comment: the type of what stands before it. */
const CAST = /\/\* :: (\w+) \*\//g;

function translate(sql: string): string {
  let count = 0;
  const text = sql
    .replace(HINT, '')
    .replace(CAST, '::$1')
    .replace(/'[^']*'|\?/g, (found) => {
      if (found !== '?') return found;
      count += 1;
      return `$${count}`;
    });
  // Rows that refer to a locked one may still be written: a report does not wait for a process that opens a trial.
  return text.endsWith(FOR_UPDATE) ? `${text.slice(0, -FOR_UPDATE.length)}${LOCK}` : text;
}
