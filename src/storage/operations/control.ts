import type { JsonValue } from '../../core/trial.js';
import { toPythonJson } from '../python-json.js';
import { num, type Operation, sql } from '../statement.js';
import type { StoredControl } from '../storage.js';
import { storedJsonOrNull } from '../stored-json.js';
import { noStudy } from '../validation.js';
import { lockStudy } from './locks.js';

export function* readControl(studyId: number): Operation<StoredControl> {
  const [row] = yield sql('SELECT revision, control_json FROM hpo_study_control WHERE study_id = ?', studyId);
  const stops = yield sql(
    `SELECT a.attempt_id FROM trials t JOIN hpo_attempts a ON a.trial_id = t.trial_id
      WHERE t.study_id = ? AND t.state IN ('RUNNING', 'WAITING') AND a.finished_at_ms IS NULL
        AND a.stop_requested <> 0 ORDER BY a.attempt_id`,
    studyId,
  );
  return {
    revision: row ? num(row, 'revision') : 0,
    control: row ? storedJsonOrNull(row, 'control_json') : null,
    stopRequests: stops.map((stop) => num(stop, 'attempt_id')),
  };
}

export function* writeControl(studyId: number, control: JsonValue, ifRevision: number): Operation<boolean> {
  yield lockStudy('study', studyId);
  const [study] = yield sql('SELECT study_id FROM studies WHERE study_id = ?', studyId);
  if (!study) throw noStudy(studyId);
  const [before] = yield sql('SELECT revision FROM hpo_study_control WHERE study_id = ?', studyId);
  if ((before ? num(before, 'revision') : 0) !== ifRevision) return false;
  yield sql(
    `INSERT INTO hpo_study_control (study_id, revision, control_json) VALUES (?, ?, ?)
      ON CONFLICT (study_id) DO UPDATE SET revision = excluded.revision, control_json = excluded.control_json`,
    studyId,
    ifRevision + 1,
    toPythonJson(control),
  );
  return true;
}
