import { RANDOM_BITS } from '../migrations/change-log.js';
import { identityOf } from '../operations/changed-trials.js';
import { unloggedStampsBefore, unloggedTrials } from '../operations/unlogged-trials.js';
import { num, type Operation, type Row, sql, text } from '../statement.js';
import type { StampSums, TrialChanges } from '../storage.js';

/**
 * How far a reader has read. While it reads what has changed since the snapshot `seen` in pages, `upTo` is the snapshot of the
 * first page: what has changed after that one is read when all pages are.
 */
type Mark = {
  /** Whose transactions these are: a restored or promoted server may use their numbers again. */
  readonly server: string;
  readonly seen: string | null;
  readonly upTo: string | null;
  /** The transaction and the revision of the last trial that was read. */
  readonly last: readonly [xid: string, revision: number] | null;
};

const CHANGED = `SELECT t.trial_id, t.number, c.revision, c.xid::text AS xid
  FROM hpo_changes c JOIN trials t ON t.trial_id = c.trial_id WHERE c.study_id = ?`;

export function* changedTrialsInPostgres(
  studyId: number,
  since: string | null,
  limit: number,
): Operation<TrialChanges> {
  const study = yield* identityOf(studyId);
  if (!(yield* isLogged())) return { study, ...(yield* unloggedTrials(studyId, since, limit)) };
  const now = yield* position();
  const mark = markOf(since, now.server);
  const { where, args } = unseenBy(mark);
  const rows = yield sql(
    `${CHANGED} AND (${where}) ORDER BY c.xid, c.revision LIMIT ?`,
    studyId,
    ...args,
    limit,
  );
  const isAll = rows.length < limit;
  const upTo = mark.upTo ?? now.snapshot;
  const end = rows.at(-1);
  const last: Mark['last'] = end ? [text(end, 'xid'), num(end, 'revision')] : mark.last;
  const next: Mark = isAll
    ? { server: now.server, seen: upTo, upTo: null, last }
    : { server: now.server, seen: mark.seen, upTo, last };
  const trials = rows.map((row) => ({
    id: num(row, 'trial_id'),
    number: num(row, 'number'),
    stamp: num(row, 'revision'),
  }));
  return { study, mark: JSON.stringify(next), isAll, trials };
}

export function* stampsBeforeInPostgres(studyId: number, mark: string): Operation<StampSums> {
  if (!(yield* isLogged())) return yield* unloggedStampsBefore(studyId, mark);
  const { where, args } = unseenBy(markOf(mark, (yield* position()).server));
  const [sums] = yield sql(
    `SELECT COUNT(*) AS count, COALESCE(SUM(c.revision & ${2 ** RANDOM_BITS - 1}), 0) AS low,
        COALESCE(SUM(c.revision >> ${RANDOM_BITS}), 0) AS high
      FROM hpo_changes c JOIN trials t ON t.trial_id = c.trial_id WHERE c.study_id = ? AND NOT (${where})`,
    studyId,
    ...args,
  );
  const row = sums as Row;
  return { count: num(row, 'count'), low: num(row, 'low'), high: num(row, 'high') };
}

/** Rows of the log that a mark does not cover. The last trial comes again, as the contract says. */
function unseenBy({ seen, upTo, last }: Mark): {
  readonly where: string;
  readonly args: readonly (string | number)[];
} {
  const since =
    seen === null
      ? 'TRUE'
      : 'c.xid >= pg_snapshot_xmin(CAST(? AS pg_snapshot)) AND NOT pg_visible_in_snapshot(c.xid, CAST(? AS pg_snapshot))';
  const sinceArgs = seen === null ? [] : [seen, seen];
  if (last === null) return { where: since, args: sinceArgs };
  if (upTo === null)
    return {
      where: `(${since}) OR (c.xid = CAST(? AS xid8) AND c.revision = ?)`,
      args: [...sinceArgs, ...last],
    };
  return {
    where: `${since} AND (c.xid, c.revision) >= (CAST(? AS xid8), CAST(? AS BIGINT))`,
    args: [...sinceArgs, ...last],
  };
}

function* position(): Operation<{ readonly server: string; readonly snapshot: string }> {
  const [row] = yield sql(
    `SELECT pg_current_snapshot()::text AS snapshot, s.system_identifier::text || '/' || c.timeline_id::text AS server
      FROM pg_control_system() s, pg_control_checkpoint() c`,
  );
  return { server: text(row as Row, 'server'), snapshot: text(row as Row, 'snapshot') };
}

/** A database of Optuna that is only read has no log: its table is empty, and this session's own. */
function* isLogged(): Operation<boolean> {
  return (yield sql('SELECT trial_id FROM hpo_changes LIMIT 1')).length > 0;
}

/** The beginning for a mark of another kind or server: then everything is read again. */
function markOf(mark: string | null, server: string): Mark {
  const start: Mark = { server, seen: null, upTo: null, last: null };
  if (mark === null || !mark.startsWith('{"server"')) return start;
  const found = JSON.parse(mark) as Mark;
  return found.server === server ? found : start;
}
