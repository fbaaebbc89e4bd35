import { encodeNumber, encodeState, encodeTime } from '../codec.js';
import { lockTrial } from '../operations/locks.js';
import { PAUSED } from '../operations/records.js';
import { lastSql, type Operation, sql } from '../statement.js';
import type { Ending } from '../storage.js';
import { wroteRow } from './own-commits.js';

/** Whether no more has to be written than `endAtOnce` writes. */
export function isUsualEnd(attemptId: number | null, { values, violations, ...end }: Ending): boolean {
  const isPlain = attemptId === null && end.exitCode === null && end.reason === null;
  const count = values?.length ?? 0;
  return isPlain && end.state !== 'fail' && count > 0 && count <= MOST_VALUES && !violations?.length;
}

/** Bounds the number of prepared statements. */
const MOST_VALUES = 16;

/**
 * Finishes a trial without an attempt as `finish` does, in one exchange after its transaction has begun. False, and nothing is
 * written, where one of the conditions does not hold: then that operation decides.
 */
export function* endAtOnce(trialId: number, { state, values, finishedAtMs }: Ending): Operation<boolean> {
  const stored = (values ?? []).map(encodeNumber);
  if (values?.some(Number.isNaN)) return false;
  const rows = stored.map((_, k) => (k === 0 ? '(0, ?::float8, ?::trialvaluetype)' : `(${k}, ?, ?)`));
  yield lockTrial(trialId);
  const ended = yield lastSql(
    (transaction) => hasEnded(trialId, transaction),
    `WITH ended AS (
      UPDATE trials t SET state = ?::trialstate, datetime_complete = ?::timestamp
        WHERE t.trial_id = ? AND t.state = 'RUNNING'
          AND NOT EXISTS (SELECT 1 FROM hpo_attempts a WHERE a.trial_id = t.trial_id AND a.finished_at_ms IS NULL)
          AND NOT EXISTS (SELECT 1 FROM trial_user_attributes a WHERE a.trial_id = t.trial_id AND a."key" = '${PAUSED}')
          AND (SELECT COUNT(*) FROM study_directions d WHERE d.study_id = t.study_id) = ${stored.length}
          AND NOT EXISTS (SELECT 1 FROM trial_values v WHERE v.trial_id = t.trial_id)
        RETURNING t.trial_id
    ), written AS (
      INSERT INTO trial_values (trial_id, objective, value, value_type)
      SELECT trial_id, v.objective, v.value, v.type FROM ended, (VALUES ${rows.join(', ')}) AS v (objective, value, type)
    ) SELECT trial_id FROM ended`,
    encodeState(state),
    encodeTime(finishedAtMs),
    trialId,
    ...stored.flatMap(({ value, type }) => [value, type]),
  );
  return ended.length > 0;
}

/** Whether a transaction has finished a trial. */
function* hasEnded(trialId: number, transaction: string): Operation<boolean> {
  const rows = yield sql(
    `SELECT trial_id FROM trials t WHERE trial_id = ? AND ${wroteRow('t')}`,
    trialId,
    transaction,
  );
  return rows.length > 0;
}
