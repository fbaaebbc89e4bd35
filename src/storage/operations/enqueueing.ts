import { encodeTime, toParams } from '../codec.js';
import { toPythonJson } from '../python-json.js';
import { num, type Operation, type Row, sql } from '../statement.js';
import type { FilledConfig, NewTrial, OpenedTrial, PartialParams, WaitingTrial } from '../storage.js';
import { storedParams } from '../stored-json.js';
import { noStudy } from '../validation.js';
import { hashOf, insertConfiguration, PLACE } from './asking.js';
import { readParams } from './reading.js';
import { attachTrial, nextNumber } from './trials.js';

/** Where Optuna keeps what an enqueued trial is to be run with; its workers take such a trial as ours do. */
export const FIXED = 'fixed_params';
/** Why an enqueued trial could not be run: it never gets a configuration, so it has no row of ours to say it. */
export const REFUSED = 'hpo:refused';

/** Writes a WAITING trial for each point; returns their numbers. */
export function* enqueue(studyId: number, points: readonly PartialParams[]): Operation<readonly number[]> {
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

const WAITING = "t.study_id = ? AND t.state IN ('RUNNING', 'WAITING') AND t.state = 'WAITING'";

/** In order of number. What Optuna has stored as parameters of a waiting trial is fixed too. */
export function* waiting(studyId: number): Operation<readonly WaitingTrial[]> {
  const rows = yield sql(
    `SELECT t.trial_id, t.number, a.value_json FROM trials t
      LEFT JOIN trial_system_attributes a ON a.trial_id = t.trial_id AND a."key" = '${FIXED}'
      WHERE ${WAITING} ORDER BY t.trial_id`,
    studyId,
  );
  if (rows.length === 0) return [];
  const params = yield* readParams({ where: WAITING, args: [studyId] });
  return rows.map((row) => {
    const id = num(row, 'trial_id');
    const fixed: PartialParams = storedParams(row, 'value_json');
    return { id, number: num(row, 'number'), fixed: { ...toParams(params.get(id) ?? []), ...fixed } };
  });
}

export function* claim(
  trialId: number,
  filled: FilledConfig,
  trial: NewTrial,
): Operation<OpenedTrial | 'taken' | 'held'> {
  const keySha256 = hashOf(filled);
  const [place] = yield sql(
    `SELECT t.study_id, t.number AS trial_number, ${PLACE} FROM trials t JOIN studies s ON s.study_id = t.study_id
      WHERE t.trial_id = ? AND t.state = 'WAITING'`,
    keySha256,
    trialId,
  );
  if (!place) return 'taken';
  if (num(place, 'held') !== 0) return 'held';
  yield sql(
    "UPDATE trials SET state = 'RUNNING', datetime_start = ? WHERE trial_id = ?",
    encodeTime(trial.startedAtMs),
    trialId,
  );
  yield sql('DELETE FROM trial_params WHERE trial_id = ?', trialId);
  // Enqueued configurations take no index: what the sampler proposes next is the same with and without them.
  const studyId = num(place, 'study_id');
  const { config, stored } = yield* insertConfiguration(studyId, place, -1, filled, keySha256);
  return yield* attachTrial(
    { id: trialId, number: num(place, 'trial_number'), studyId },
    config,
    stored,
    trial,
  );
}

export function* refuse(trialId: number, reason: string, finishedAtMs: number): Operation<boolean> {
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
