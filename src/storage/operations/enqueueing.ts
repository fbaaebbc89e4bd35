import { encodeTime } from '../codec.js';
import { toPythonJson } from '../python-json.js';
import { num, type Operation, type Row, sql } from '../statement.js';
import type { FilledConfig, NewTrial, OpenedTrial, PartialParams } from '../storage.js';
import { noStudy } from '../validation.js';
import { hashOf, insertConfiguration, PLACE } from './asking.js';
import { lockStudy, lockTrial } from './locks.js';
import { FIXED } from './records.js';
import { attachTrial, nextNumber } from './trials.js';

/** The user attribute that says why an enqueued trial was rejected. It has no configuration, and so no row in hpo_trials. */
export const REFUSED = 'hpo:refused';

/** Writes a WAITING trial for each point; returns their numbers. */
export function* enqueue(studyId: number, points: readonly PartialParams[]): Operation<readonly number[]> {
  yield lockStudy('study', studyId);
  const [study] = yield sql('SELECT study_id FROM studies WHERE study_id = ?', studyId);
  if (!study) throw noStudy(studyId);
  const numbers: number[] = [];
  for (const fixed of points) {
    const number = yield* nextNumber(studyId);
    const [inserted] = yield sql(
      "INSERT INTO trials (number, study_id, state) VALUES (?, ?, 'WAITING') RETURNING trial_id",
      number,
      studyId,
    );
    yield sql(
      'INSERT INTO trial_system_attributes (trial_id, "key", value_json) VALUES (?, ?, ?)',
      num(inserted as Row, 'trial_id'),
      FIXED,
      toPythonJson(fixed),
    );
    numbers.push(number);
  }
  return numbers;
}

export function* claimEnqueued(
  trialId: number,
  filled: FilledConfig,
  trial: NewTrial,
): Operation<OpenedTrial | 'taken' | 'duplicate'> {
  const keySha256 = hashOf(filled);
  yield lockStudy('trial', trialId);
  yield lockTrial(trialId);
  const [place] = yield sql(
    `SELECT t.study_id, t.number AS trial_number, ${PLACE} FROM trials t JOIN studies s ON s.study_id = t.study_id
      WHERE t.trial_id = ? AND t.state = 'WAITING'`,
    keySha256,
    trialId,
  );
  if (!place) return 'taken';
  if (num(place, 'is_duplicate') !== 0) return 'duplicate';
  yield sql(
    "UPDATE trials SET state = 'RUNNING', datetime_start = ? WHERE trial_id = ?",
    encodeTime(trial.startedAtMs),
    trialId,
  );
  yield sql('DELETE FROM trial_params WHERE trial_id = ?', trialId);
  // Enqueued configurations take no index: the sampler proposes the same with and without them.
  const studyId = num(place, 'study_id');
  const { config, stored } = yield* insertConfiguration(studyId, place, -1, filled, keySha256);
  return yield* attachTrial(
    { id: trialId, number: num(place, 'trial_number'), studyId },
    config,
    stored,
    trial,
  );
}

export function* rejectEnqueued(trialId: number, reason: string, finishedAtMs: number): Operation<boolean> {
  const [row] = yield sql(
    `UPDATE trials SET state = 'FAIL', datetime_start = COALESCE(datetime_start, ?), datetime_complete = ?
      WHERE trial_id = ? AND state = 'WAITING' RETURNING trial_id`,
    encodeTime(finishedAtMs),
    encodeTime(finishedAtMs),
    trialId,
  );
  if (!row) return false;
  yield sql(
    `INSERT INTO trial_user_attributes (trial_id, "key", value_json) VALUES (?, ?, ?)
      ON CONFLICT (trial_id, "key") DO UPDATE SET value_json = excluded.value_json`,
    trialId,
    REFUSED,
    toPythonJson(reason),
  );
  return true;
}
