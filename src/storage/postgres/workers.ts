import type { NewWorker, WorkerRecord } from '../contracts/worker-records.js';
import { lockStudy, lockTrialOf } from '../operations/locks.js';
import { takeOverAttempt } from '../operations/reporting.js';
import { num, numOrNull, type Operation, type Row, type SqlValue, sql, text } from '../statement.js';
import { lostIndex } from '../validation.js';

// One row of hpo_workers is one lease. Only its worker renews it, and nothing else locks it but the end of the lease: who ends
// one that has expired waits for a renewal on its way, and a lease that has ended is never renewed.

const NOW = 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)';
const IS_OVER = `renewed_at_ms + lease_ms <= ${NOW}`;
const IS_LIVE = `ended_at_ms IS NULL AND NOT ${IS_OVER}`;

/** How long a lease that has ended is kept: `hpo workers` lists it meanwhile. */
const KEPT_MS = 7 * 86_400_000;

/** The statements of the leases' own connection, with `$1` for each value. */
export const LEASE_SQL = {
  // What a trial, a program that asked for one or a reserved index still names says that its worker has ended.
  prune: `DELETE FROM hpo_workers w WHERE study_id = $1 AND ended_at_ms < ${NOW} - ${KEPT_MS}
    AND NOT EXISTS (SELECT 1 FROM hpo_attempts a WHERE a.owner = w.owner AND a.finished_at_ms IS NULL)
    AND NOT EXISTS (SELECT 1 FROM hpo_drafts d WHERE d.owner = w.owner)
    AND NOT EXISTS (SELECT 1 FROM hpo_trials h JOIN trials t ON t.trial_id = h.trial_id
      WHERE h.asker = w.owner AND t.state = 'RUNNING')`,
  replace: `UPDATE hpo_workers SET ended_at_ms = ${NOW}, how = 'replaced'
    WHERE worker_id = $1 AND ended_at_ms IS NULL`,
  begin: `INSERT INTO hpo_workers (study_id, owner, slots, devices, executor, lease_ms, started_at_ms, renewed_at_ms)
    VALUES ($1, $2, $3, $4, $5, $6, ${NOW}, ${NOW}) RETURNING worker_id`,
  renew: `UPDATE hpo_workers SET renewed_at_ms = ${NOW} WHERE worker_id = $1 AND ${IS_LIVE}
    RETURNING worker_id`,
  end: `UPDATE hpo_workers SET ended_at_ms = ${NOW}, how = 'ended'
    WHERE worker_id = $1 AND (ended_at_ms IS NULL OR how = 'expired')`,
} as const;

export function beginArgs({ studyId, owner, place, leaseMs }: NewWorker): readonly SqlValue[] {
  return [studyId, owner, place.slots, place.devices, place.executor, leaseMs];
}

const STATE = `CASE WHEN ${IS_LIVE} THEN 'alive'
  WHEN how IS NULL OR how = 'expired' THEN 'expired' ELSE 'ended' END AS state`;

/**
 * Orders the leases of one process, which may have several at once, so that the first one says whether it lives: one that runs,
 * else the one that expired, or was ended by the process, last.
 */
const DECISIVE_FIRST = `CASE WHEN ended_at_ms IS NULL OR how = 'expired' THEN renewed_at_ms + lease_ms
  ELSE ended_at_ms END DESC, worker_id DESC`;

export function* workers(studyId: number): Operation<readonly WorkerRecord[]> {
  const rows = yield sql(
    `SELECT * FROM (SELECT DISTINCT ON (owner) worker_id, owner, slots, devices, executor, lease_ms, renewed_at_ms,
        ${NOW} - renewed_at_ms AS silent_ms, ${STATE},
        (SELECT MIN(f.started_at_ms) FROM hpo_workers f WHERE f.study_id = w.study_id AND f.owner = w.owner) AS since_ms
      FROM hpo_workers w WHERE study_id = ? ORDER BY owner, ${DECISIVE_FIRST}) AS one ORDER BY since_ms, worker_id`,
    studyId,
  );
  return rows.map((row) => ({
    owner: text(row, 'owner'),
    place: { slots: num(row, 'slots'), devices: text(row, 'devices'), executor: text(row, 'executor') },
    leaseMs: num(row, 'lease_ms'),
    startedAtMs: num(row, 'since_ms'),
    renewedAtMs: num(row, 'renewed_at_ms'),
    silentMs: Math.max(0, num(row, 'silent_ms')),
    state: text(row, 'state') as WorkerRecord['state'],
  }));
}

/**
 * What leases say of processes that have, or had, one. Absent: nothing. A program that has ended its lease in good order may still
 * run, and ask for trials without one.
 */
export type LeaseFacts = ReadonlyMap<string, 'alive' | 'ended'>;

/** `of`: the processes that are asked about; null: all. */
export function* leaseFacts(of: readonly string[] | null): Operation<LeaseFacts> {
  // A role that was granted the tables of an earlier version may not see them.
  const [may] = yield sql("SELECT has_table_privilege('hpo_workers', 'SELECT') AS answer");
  if (may?.answer !== 1) return new Map();
  const rows = yield sql(
    `SELECT DISTINCT ON (owner) owner, ${STATE} FROM hpo_workers
      ${of === null ? '' : 'WHERE owner IN (SELECT json_array_elements_text(CAST(? AS json)))'}
      ORDER BY owner, ${DECISIVE_FIRST}`,
    ...(of === null ? [] : [JSON.stringify(of)]),
  );
  const known = rows.filter((row) => row.state !== 'ended');
  return new Map(known.map((row) => [text(row, 'owner'), row.state === 'alive' ? 'alive' : 'ended']));
}

/**
 * Takes an attempt over from a process whose lease is over, or from one that is known to have ended. The lease ends before
 * the attempt is taken, in the same transaction: its worker can no longer renew it.
 */
export function* takeOverLeased(
  attemptId: number,
  { from, to, hasEnded }: { readonly from: string; readonly to: string; readonly hasEnded: boolean },
): Operation<boolean> {
  yield lockTrialOf(attemptId);
  if (!hasEnded && (yield* isLeased(from))) return false;
  return yield* takeOverAttempt(attemptId, from, to);
}

/** Whether a process has a lease that runs. Those that are over end. */
function* isLeased(owner: string): Operation<boolean> {
  yield sql(
    `UPDATE hpo_workers SET ended_at_ms = ${NOW}, how = 'expired' WHERE owner = ? AND ended_at_ms IS NULL AND ${IS_OVER}`,
    owner,
  );
  const live = yield sql(
    'SELECT worker_id FROM hpo_workers WHERE owner = ? AND ended_at_ms IS NULL LIMIT 1',
    owner,
  );
  return live.length > 0;
}

/**
 * Runs a write about an attempt only while it belongs to `owner`: what a worker writes that was cut off meanwhile changes
 * nothing. `owner` null: any process may write.
 */
export function* fenced(
  attemptId: number | null,
  owner: string | null,
  write: () => Operation<boolean>,
): Operation<boolean> {
  if (attemptId !== null && owner !== null) {
    // A process that takes an attempt over locks its trial too.
    yield lockTrialOf(attemptId);
    const [row] = yield sql('SELECT owner FROM hpo_attempts WHERE attempt_id = ?', attemptId);
    if (row !== undefined && text(row, 'owner') !== owner) return false;
  }
  return yield* write();
}

/** Reserved indices of one study, and the process to which they must belong; null: any process may use them. */
type OwnIndices = { readonly reservations: readonly number[]; readonly owner: string | null };

/** Runs a write about reserved indices, only while all of them belong to their owner. Otherwise `lost` is the answer. */
export function* fencedIndices<T>(
  { reservations, owner }: OwnIndices,
  write: () => Operation<T>,
  lost: (reservation: number) => T,
): Operation<T> {
  const [first] = reservations;
  if (owner !== null && first !== undefined) {
    yield lockStudy('reservation', first);
    const rows = yield sql(
      `SELECT draft_id FROM hpo_drafts WHERE owner = ?
        AND study_id = (SELECT study_id FROM hpo_drafts WHERE draft_id = ?)`,
      owner,
      first,
    );
    const own = new Set(rows.map((row) => num(row, 'draft_id')));
    const missing = reservations.find((reservation) => !own.has(reservation));
    if (missing !== undefined) return lost(missing);
  }
  return yield* write();
}

export function refuseLost(reservation: number): never {
  throw lostIndex(reservation);
}

export function leaseIdOf(rows: readonly Row[]): number | null {
  const [row] = rows;
  return row === undefined ? null : numOrNull(row, 'worker_id');
}
