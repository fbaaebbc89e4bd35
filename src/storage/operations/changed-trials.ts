import { RANDOM_BITS } from '../migrations/change-log.js';
import { num, type Operation, type Row, sql, text, textOrNull } from '../statement.js';
import type { StampSums, TrialChanges } from '../storage.js';
import { unloggedStampsBefore, unloggedTrials } from './unlogged-trials.js';

/** Marks of the log begin so; others are of a file without one. */
const LOGGED = 'revision ';

export function* changedTrials(
  studyId: number,
  since: string | null,
  limit: number,
): Operation<TrialChanges> {
  const study = yield* identityOf(studyId);
  if (!(yield* isLogged())) return { study, ...(yield* unloggedTrials(studyId, since, limit)) };
  const from = revisionOf(since);
  // The + makes SQLite begin with the log, and not with every trial of the study.
  const rows = yield sql(
    `SELECT c.revision, t.trial_id, t.number FROM hpo_changes c JOIN trials t ON t.trial_id = c.trial_id
      WHERE c.revision >= ? AND c.study_id = ? AND +t.study_id = ? ORDER BY c.revision LIMIT ?`,
    from,
    studyId,
    studyId,
    limit,
  );
  const trials = rows.map((row) => ({
    id: num(row, 'trial_id'),
    number: num(row, 'number'),
    stamp: num(row, 'revision'),
  }));
  const last = trials.at(-1)?.stamp ?? from;
  return { study, mark: `${LOGGED}${last}`, isAll: rows.length < limit, trials };
}

export function* stampsBefore(studyId: number, mark: string): Operation<StampSums> {
  if (!(yield* isLogged())) return yield* unloggedStampsBefore(studyId, mark);
  const [sums] = yield sql(
    `SELECT COUNT(*) AS count, COALESCE(SUM(c.revision & ${2 ** RANDOM_BITS - 1}), 0) AS low,
        COALESCE(SUM(c.revision >> ${RANDOM_BITS}), 0) AS high
      FROM hpo_changes c JOIN trials t ON t.trial_id = c.trial_id
      WHERE c.revision < ? AND c.study_id = ? AND +t.study_id = ?`,
    revisionOf(mark),
    studyId,
    studyId,
  );
  const row = sums as Row;
  return { count: num(row, 'count'), low: num(row, 'low'), high: num(row, 'high') };
}

/** A file of another program that is only read has no log: its table is empty, and this connection's own. */
function* isLogged(): Operation<boolean> {
  return (yield sql('SELECT revision FROM hpo_changes LIMIT 1')).length > 0;
}

/** The beginning for a mark of another kind: then everything is read again. */
function revisionOf(mark: string | null): number {
  const revision = mark?.startsWith(LOGGED) ? Number(mark.slice(LOGGED.length)) : 0;
  return Number.isSafeInteger(revision) ? revision : 0;
}

/** Of a study without a uid, its name and the start of its oldest trial: Optuna uses ids and names again. */
export function* identityOf(studyId: number): Operation<string | null> {
  const [study] = yield sql(
    `SELECT s.study_name, h.study_uid FROM studies s LEFT JOIN hpo_studies h ON h.study_id = s.study_id
      WHERE s.study_id = ?`,
    studyId,
  );
  if (!study) return null;
  const uid = textOrNull(study, 'study_uid');
  if (uid !== null) return uid;
  const [first] = yield sql(
    'SELECT datetime_start FROM trials WHERE study_id = ? ORDER BY trial_id LIMIT 1',
    studyId,
  );
  return `${text(study, 'study_name')} ${first ? textOrNull(first, 'datetime_start') : ''}`;
}
