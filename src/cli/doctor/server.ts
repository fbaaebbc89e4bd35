import { examinePostgres } from '../../storage/postgres/examine.js';
import type { Finding } from './check.js';

/** A clock that differs by more makes times of trials, and later leases, hard to read. */
const MOST_SKEW_MS = 5000;

/** Checks the server of a database, what the role may do, and whether the clocks agree. */
export async function judgeServer(url: string): Promise<Finding> {
  const found = await examinePostgres(url);
  const { version, studies, mayWrite, mayCreate, skewMs, encrypted, answerMs } = found;
  const details = { ...found };
  const tables =
    studies === null ? 'no tables of studies yet' : studies === 1 ? '1 study' : `${studies} studies`;
  const message = `PostgreSQL ${version}, ${encrypted ? 'with TLS' : 'without TLS'}, ${tables}, answers in ${answerMs.toFixed(1)} ms`;
  if (studies === null && !mayCreate)
    return {
      status: 'fail',
      message: `${message}; this role may not create tables`,
      fix: 'grant CREATE on the schema to the role, or use the owner of the database',
      details,
    };
  if (studies !== null && !mayWrite)
    return {
      status: 'warn',
      message: `${message}; this role may only read`,
      fix: 'use a role that may write to run trials',
      details,
    };
  if (Math.abs(skewMs) > MOST_SKEW_MS)
    return {
      status: 'warn',
      message: `${message}; its clock is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's`,
      fix: 'synchronize both clocks (chrony, systemd-timesyncd)',
      details,
    };
  return { status: 'ok', message, details };
}
