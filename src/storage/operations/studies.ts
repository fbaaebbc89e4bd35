import type { JsonValue, TrialState } from '../../core/trial.js';
import { decodeDirection, decodeState, encodeDirection } from '../codec.js';
import { METRIC_NAMES, metricNamesIn } from '../metric-names.js';
import { toPythonJson } from '../python-json.js';
import { BadRow, num, numOrNull, type Operation, type Row, sql, text, textOrNull } from '../statement.js';
import type { NewStudy, StudyChange, StudyRecord, StudySummary } from '../storage.js';
import { storedJsonOrNull } from '../stored-json.js';
import { newUid } from '../uid.js';
import { checkNewStudy, noStudy, studyExists } from '../validation.js';
import { changeChoices } from './choice-lists.js';
import { enqueue } from './enqueueing.js';
import { lockStudy } from './locks.js';
import { PAUSED } from './records.js';

export function* createStudy(study: NewStudy): Operation<StudyRecord> {
  const { name, directions, seed, spec, createdAtMs, enqueued = [] } = study;
  checkNewStudy(study);
  const [taken] = yield sql('SELECT study_id FROM studies WHERE study_name = ?', name);
  if (taken) throw studyExists(name);
  const [created] = yield sql('INSERT INTO studies (study_name) VALUES (?) RETURNING study_id', name);
  const id = num(created as Row, 'study_id');
  const uid = newUid();
  for (const [objective, direction] of directions.entries()) {
    yield sql(
      'INSERT INTO study_directions (direction, study_id, objective) VALUES (?, ?, ?)',
      encodeDirection(direction),
      id,
      objective,
    );
  }
  yield sql(
    'INSERT INTO hpo_studies (study_id, seed, spec_json, created_at_ms, study_uid) VALUES (?, ?, ?, ?, ?)',
    id,
    seed,
    toPythonJson(spec),
    createdAtMs,
    uid,
  );
  yield* nameMetrics(id, spec, directions.length);
  yield* enqueue(id, enqueued);
  return { id, name, uid, directions: [...directions], seed, spec, createdAtMs };
}

/** Optuna's tools label their axes with the names of the objectives. */
function* nameMetrics(studyId: number, spec: JsonValue, objectives: number): Operation<void> {
  const names = metricNamesIn(spec, objectives);
  if (!names) return;
  yield sql(
    `INSERT INTO study_system_attributes (study_id, "key", value_json) VALUES (?, '${METRIC_NAMES}', ?)
      ON CONFLICT (study_id, "key") DO UPDATE SET value_json = excluded.value_json`,
    studyId,
    toPythonJson(names),
  );
}

const STUDIES = `SELECT s.study_id, s.study_name, h.seed, h.spec_json, h.created_at_ms, h.study_uid
  FROM studies s LEFT JOIN hpo_studies h ON h.study_id = s.study_id`;

export function* findStudy(name: string): Operation<StudyRecord | null> {
  const [row] = yield sql(`${STUDIES} WHERE s.study_name = ?`, name);
  if (!row) return null;
  const directions = yield sql(
    'SELECT study_id, direction FROM study_directions WHERE study_id = ? ORDER BY objective',
    num(row, 'study_id'),
  );
  return toRecord(row, directions);
}

export function* listStudies(): Operation<readonly StudySummary[]> {
  const studies = yield sql(`${STUDIES} ORDER BY s.study_id`);
  const directions = yield sql(
    'SELECT study_id, direction FROM study_directions ORDER BY study_id, objective',
  );
  const states = yield sql('SELECT study_id, state, COUNT(*) AS trials FROM trials GROUP BY study_id, state');
  const paused = yield sql(
    `SELECT t.study_id, COUNT(*) AS trials FROM trial_user_attributes a JOIN trials t ON t.trial_id = a.trial_id
      WHERE a."key" = '${PAUSED}' AND a.value_json <> 'null' AND t.state = 'RUNNING' GROUP BY t.study_id`,
  );
  const configurations = yield sql(
    'SELECT study_id, COUNT(*) AS configurations FROM hpo_configurations GROUP BY study_id',
  );
  return studies.map((row) => {
    const of = (other: Row) => other.study_id === row.study_id;
    const configured = configurations.find(of);
    const resting = paused.find(of);
    const known = {
      pausedTrials: resting ? num(resting, 'trials') : 0,
      configurations: configured ? num(configured, 'configurations') : 0,
      broken: null,
    };
    try {
      return { ...toRecord(row, directions.filter(of)), counts: toCounts(states.filter(of)), ...known };
    } catch (error) {
      // Made by another program, or damaged. The other studies of the file can still be read.
      if (!(error instanceof BadRow)) throw error;
      return { ...brokenRecord(row), counts: NO_TRIALS, ...known, broken: error.message };
    }
  });
}

const NO_TRIALS: Readonly<Record<TrialState, number>> = {
  waiting: 0,
  running: 0,
  complete: 0,
  pruned: 0,
  fail: 0,
};

function toCounts(states: readonly Row[]): Readonly<Record<TrialState, number>> {
  const counts = { ...NO_TRIALS };
  for (const state of states) counts[decodeState(text(state, 'state'))] = num(state, 'trials');
  return counts;
}

/** What is known of a study with a row that cannot be read. */
function brokenRecord(row: Row): StudyRecord {
  const name = row.study_name;
  const id = num(row, 'study_id');
  return {
    id,
    name: typeof name === 'string' ? name : `study ${id}`,
    uid: null,
    directions: [],
    seed: null,
    spec: null,
    createdAtMs: null,
  };
}

function toRecord(row: Row, directions: readonly Row[]): StudyRecord {
  return {
    id: num(row, 'study_id'),
    name: text(row, 'study_name'),
    uid: textOrNull(row, 'study_uid'),
    directions: directions.map((direction) => decodeDirection(text(direction, 'direction'))),
    seed: numOrNull(row, 'seed'),
    spec: storedJsonOrNull(row, 'spec_json'),
    createdAtMs: numOrNull(row, 'created_at_ms'),
  };
}

export function* replaceSpec(
  studyId: number,
  spec: JsonValue,
  { directions = [], enqueued = [], seed, choices = {} }: StudyChange,
): Operation<void> {
  const objectives = yield sql('SELECT objective FROM study_directions WHERE study_id = ?', studyId);
  if (objectives.length === 0) throw noStudy(studyId);
  for (const [objective, direction] of directions.entries()) {
    yield sql(
      'UPDATE study_directions SET direction = ? WHERE study_id = ? AND objective = ?',
      encodeDirection(direction),
      studyId,
      objective,
    );
  }
  yield sql(
    `INSERT INTO hpo_studies (study_id, spec_json, seed, study_uid) VALUES (?, ?, ?, ?)
      ON CONFLICT (study_id) DO UPDATE SET spec_json = excluded.spec_json, seed = COALESCE(hpo_studies.seed, excluded.seed),
        study_uid = COALESCE(hpo_studies.study_uid, excluded.study_uid)`,
    studyId,
    toPythonJson(spec),
    seed ?? null,
    newUid(),
  );
  yield* nameMetrics(studyId, spec, objectives.length);
  yield* changeChoices(studyId, choices);
  yield* enqueue(studyId, enqueued);
}

const TRIAL_TABLES = [
  'trial_user_attributes',
  'trial_system_attributes',
  'trial_params',
  'trial_values',
  'trial_intermediate_values',
  'trial_heartbeats',
];
const STUDY_TABLES = ['study_directions', 'study_user_attributes', 'study_system_attributes'];

/** Triggers on `trials` and `studies` delete the rows of hpo's own tables. */
export function* deleteStudy(studyId: number): Operation<void> {
  yield lockStudy('study', studyId);
  for (const table of TRIAL_TABLES) {
    yield sql(
      `DELETE FROM ${table} WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)`,
      studyId,
    );
  }
  yield sql('DELETE FROM trials WHERE study_id = ?', studyId);
  for (const table of STUDY_TABLES) yield sql(`DELETE FROM ${table} WHERE study_id = ?`, studyId);
  yield sql('DELETE FROM studies WHERE study_id = ?', studyId);
}
