import { setTimeout as delay } from 'node:timers/promises';
import { HpoError } from '../../core/errors.js';
import { postgres } from '../dialects/postgres.js';
import type { Mode } from '../runner.js';
import { corruptRow } from '../sqlite-errors.js';
import { BadRow, type Operation, returning } from '../statement.js';
import { ConnectionLost, failureOf, type PostgresFailure, postgresError, Unreachable } from './failures.js';
import { type CommitMark, isMarkStored, nextMark, storingMark } from './own-commits.js';
import { Pipeline } from './pipeline.js';
import { ANSWER_MS, type Session } from './session.js';

/** How long an operation starts again after conflicts, and how long a server that is gone is waited for before an error says so. */
export type Patience = { readonly conflictsMs: number; readonly lostMs: number };

/** Rows that another program adds or removes at every try are no coincidence. */
const INTEGRITY_TRIES = 6;
const LONGEST_CONFLICT_PAUSE_MS = 200;
const LONGEST_LOST_PAUSE_MS = 1000;

export type Runner = {
  /** Returns an open session, a new one where the last one is lost. */
  readonly session: () => Promise<Session>;
  readonly url: string;
  readonly patience: Patience;
  /** Aborted: nobody waits for the server any more. */
  readonly signal: AbortSignal;
  /** The tables are being made: one statement may take as long as it likes, and none stores a mark. */
  readonly isPreparing?: true;
};

/** A commit was sent, and the connection ended before its answer came. `reread`: what the operation returns if it was committed. */
type InDoubt<T> = {
  readonly transaction: string;
  readonly mark: CommitMark | null;
  readonly reread: () => Operation<T>;
};

/**
 * Runs one operation in one transaction, as a whole or not at all, and starts it again after a conflict or when the connection
 * was lost. When it was lost at the commit, the server is asked first what became of the transaction.
 * @throws HpoError storage.busy after conflicts without end; Unreachable when the server is gone for longer than the patience;
 * storage.full, storage.failed and others of `postgresError`; storage.corrupt-row; what the operation throws.
 */
export async function runInPostgres<T>(runner: Runner, mode: Mode, start: () => Operation<T>): Promise<T> {
  return attempt(runner, mode, start, null);
}

async function attempt<T>(
  runner: Runner,
  mode: Mode,
  start: () => Operation<T>,
  before: InDoubt<T> | null,
): Promise<T> {
  const { url, patience, signal } = runner;
  let inDoubt = before;
  let beganMs = performance.now();
  let integrity = 0;
  for (let tries = 0; ; tries++) {
    let session: Session | null = null;
    try {
      session = await runner.session();
      if (inDoubt !== null) {
        if (await hasCommitted(session, inDoubt)) return await read(session, inDoubt.reread);
        inDoubt = null;
      }
      const sent = await transact(session, start(), {
        mode,
        limitMs: runner.isPreparing ? null : ANSWER_MS,
        mark: mode === 'write' && !runner.isPreparing ? nextMark(session) : null,
      });
      if (sent.answered) return sent.result;
      inDoubt = sent.inDoubt;
      throw sent.lost;
    } catch (error) {
      if (error instanceof BadRow) throw corruptRow(error, url);
      const failure = failureOf(error);
      if (failure === null) throw error;
      if (failure === 'integrity') integrity += 1;
      // Another server may accept writes by now, and a session keeps what was the default when it began.
      if (failure === 'read-only') session?.destroy();
      if (!isWorthAnotherTry(failure, integrity)) throw postgresError(failure, error, url);
      const limitMs = failure === 'lost' ? patience.lostMs : patience.conflictsMs;
      if (signal.aborted || performance.now() - beganMs >= limitMs) {
        if (failure !== 'lost') throw busy(error, url, limitMs);
        const doubt = inDoubt;
        throw new Unreachable(url, error, () => attempt(runner, mode, start, doubt));
      }
      if (failure !== 'lost' && tries === 0) beganMs = performance.now();
      await pause(failure, tries, signal);
    }
  }
}

async function read<T>(session: Session, start: () => Operation<T>): Promise<T> {
  const sent = await transact(session, start(), { mode: 'read', limitMs: ANSWER_MS, mark: null });
  if (!sent.answered) throw sent.lost;
  return sent.result;
}

function isWorthAnotherTry(failure: PostgresFailure, integrity: number): boolean {
  if (failure === 'integrity') return integrity < INTEGRITY_TRIES;
  return failure === 'conflict' || failure === 'lost';
}

/** Growing, and a random share, so that waiters that started together do not come back together. */
async function pause(failure: PostgresFailure, tries: number, signal: AbortSignal): Promise<void> {
  const longest = failure === 'lost' ? LONGEST_LOST_PAUSE_MS : LONGEST_CONFLICT_PAUSE_MS;
  const ms = Math.min(longest, 2 ** Math.min(tries, 12)) * (0.5 + Math.random());
  await delay(ms, undefined, { signal }).catch(() => {});
}

type Sent<T> =
  | { readonly answered: true; readonly result: T }
  | { readonly answered: false; readonly lost: ConnectionLost; readonly inDoubt: InDoubt<T> };

type Work = { readonly mode: Mode; readonly limitMs: number | null; readonly mark: CommitMark | null };

async function transact<T>(
  session: Session,
  operation: Operation<T>,
  { mode, limitMs, mark }: Work,
): Promise<Sent<T>> {
  const sent = new Pipeline(session, limitMs);
  if (mode === 'none') return { answered: true, result: await sent.drive(operation) };
  const begin = postgres.begin[mode];
  // In one exchange.
  sent.begin(
    mode === 'read' ? begin : `${begin}; SELECT pg_current_xact_id()::text AS name`,
    mark === null ? [] : storingMark(mark),
  );
  let result: T;
  let transaction: string;
  try {
    result = await sent.drive(operation);
    transaction = mode === 'read' ? '' : await sent.name();
  } catch (error) {
    const { last, firstError } = sent;
    if (last !== null && firstError instanceof ConnectionLost)
      return {
        answered: false,
        lost: firstError,
        inDoubt: {
          transaction: last.transaction,
          mark,
          reread: () => last.reread(last.transaction) as Operation<T>,
        },
      };
    if (session.isOpen) await session.exec('ROLLBACK').catch(() => {});
    throw firstError ?? error;
  }
  const committed = sent.commit();
  if (mode === 'read') return { answered: true, result };
  try {
    await committed;
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
    return { answered: false, lost: error, inDoubt: { transaction, mark, reread: () => returning(result) } };
  }
  // After a failed statement the commit was none.
  if (sent.firstError !== null) throw sent.firstError;
  return { answered: true, result };
}

/**
 * Returns what became of a transaction. After a failover to a server that never had it, its number lies in the future: it is lost
 * there. After a crash its number may be another one's: only what it stored itself tells that it was committed.
 * @throws ConnectionLost while the server has not noticed that its client is gone.
 */
async function hasCommitted(
  session: Session,
  { transaction, mark }: { readonly transaction: string; readonly mark: CommitMark | null },
): Promise<boolean> {
  const [row] = await session.all(
    `SELECT CASE WHEN CAST($1 AS xid8) < pg_snapshot_xmax(pg_current_snapshot()) OR CAST($1 AS xid8) IN
        (SELECT pg_snapshot_xip(pg_current_snapshot())) THEN pg_xact_status(CAST($1 AS xid8)) ELSE 'unknown' END AS status`,
    [transaction],
  );
  if (row?.status === 'in progress') throw new ConnectionLost('the server has not ended a transaction yet');
  if (mark === null) return row?.status === 'committed';
  // A statement of its own, so that it sees what was committed by then.
  return isMarkStored(session, mark);
}

function busy(cause: unknown, url: string, patienceMs: number): HpoError {
  return new HpoError('storage.busy', `${url} stayed locked by another session for ${patienceMs / 1000} s`, {
    fix: 'end the session that holds a lock for so long (SELECT * FROM pg_stat_activity shows it), then try again',
    cause,
  });
}
