import { concealPassword } from '../conceal.js';
import { num, type Row, text } from '../statement.js';
import { failureOf, postgresError } from './failures.js';
import { openSession } from './session.js';
import { parseTarget } from './target.js';

export type ServerFindings = {
  readonly version: string;
  /** Null where the database has no tables of studies. */
  readonly studies: number | null;
  readonly mayWrite: boolean;
  readonly mayCreate: boolean;
  /** How far the server's clock is ahead of this machine's. */
  readonly skewMs: number;
  readonly encrypted: boolean;
  /** How long a statement takes, the network included. */
  readonly answerMs: number;
};

const QUESTION = `SELECT current_setting('server_version') AS version, to_regclass('studies') IS NOT NULL AS has_tables,
    COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AND NOT pg_is_in_recovery() AS may_create,
    COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE) AS encrypted,
    extract(epoch FROM clock_timestamp()) * 1000 AS now_ms`;

const RIGHTS = `SELECT COUNT(*) AS studies, has_table_privilege('trials', 'INSERT') AND has_table_privilege('trials', 'UPDATE')
    AND NOT pg_is_in_recovery() AS may_write FROM studies`;

/** Looks at a server without changing anything. @throws HpoError as `openPostgres`, at once. */
export async function examinePostgres(url: string): Promise<ServerFindings> {
  const shown = concealPassword(url);
  try {
    const session = await openSession(parseTarget(shown));
    try {
      await session.exec('SELECT 1');
      const askedMs = Date.now();
      const began = performance.now();
      const [row = {} as Row] = await session.all(QUESTION, []);
      const answerMs = performance.now() - began;
      const [rights] = num(row, 'has_tables') === 0 ? [] : await session.all(RIGHTS, []);
      return {
        version: text(row, 'version').split(' ')[0] ?? '',
        studies: rights ? num(rights, 'studies') : null,
        mayWrite: rights !== undefined && num(rights, 'may_write') !== 0,
        mayCreate: num(row, 'may_create') !== 0,
        skewMs: num(row, 'now_ms') - (askedMs + answerMs / 2),
        encrypted: num(row, 'encrypted') !== 0,
        answerMs,
      };
    } finally {
      await session.close();
    }
  } catch (error) {
    const failure = failureOf(error);
    throw failure === null ? error : postgresError(failure, error, shown);
  }
}
