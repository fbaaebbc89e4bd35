import { toPythonJson } from '../python-json.js';
import { num, type Operation, sql, text } from '../statement.js';
import type { Forking, OpenedTrial } from '../storage.js';
import { lockTrial } from './locks.js';
import { readTrial } from './reading.js';
import { FINAL_STEP, PARENT, PAUSED_JSON, toPausedAt } from './records.js';
import { finish } from './reporting.js';

/** Returns whether a trial is paused; its row is locked. */
export function* isPaused(studyId: number, trialId: number): Operation<boolean> {
  yield lockTrial(trialId);
  const [row] = yield sql(
    `SELECT ${PAUSED_JSON} FROM trials t WHERE t.study_id = ? AND t.trial_id = ? AND NOT EXISTS (
      SELECT 1 FROM hpo_attempts a WHERE a.trial_id = t.trial_id AND a.finished_at_ms IS NULL)`,
    studyId,
    trialId,
  );
  return row !== undefined && toPausedAt(row) !== null;
}

/** Gives a new trial what its parent has reported at steps, as a further attempt would inherit it, and ends the replaced one. */
export function* continueParent(
  studyId: number,
  opened: OpenedTrial,
  { parentId, replacedId, ending }: Forking,
): Operation<OpenedTrial | null> {
  const { id, number } = opened.trial;
  const [parent] = yield sql('SELECT number FROM trials WHERE trial_id = ?', parentId);
  if (!parent) return null;
  yield sql(
    'INSERT INTO trial_user_attributes (trial_id, "key", value_json) VALUES (?, ?, ?)',
    id,
    PARENT,
    toPythonJson(num(parent, 'number')),
  );
  yield sql(
    `INSERT INTO hpo_metrics (trial_id, metric_id, step, value, value_type)
      SELECT CAST(? AS INTEGER), m.metric_id, m.step, m.value, m.value_type FROM hpo_metrics m
        WHERE m.trial_id = ? AND m.step > ${FINAL_STEP}`,
    id,
    parentId,
  );
  yield sql(
    `INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type)
      SELECT CAST(? AS INTEGER), i.step, i.intermediate_value, i.intermediate_value_type
        FROM trial_intermediate_values i WHERE i.trial_id = ?`,
    id,
    parentId,
  );
  yield* finish(replacedId, null, ending(number));
  const trial = yield* readTrial(studyId, id);
  if (!trial || !opened.attempt) return trial && { ...opened, trial };
  const names = yield sql(
    `SELECT DISTINCT n.name FROM hpo_metrics m JOIN hpo_metric_names n ON n.metric_id = m.metric_id
      WHERE m.trial_id = ?`,
    id,
  );
  const inherited = names.map((each) => text(each, 'name')).sort();
  yield sql(
    'UPDATE hpo_attempts SET inherited_json = ?, inherits_objective = ? WHERE attempt_id = ?',
    inherited.length > 0 ? toPythonJson(inherited) : null,
    trial.steps.size > 0 ? 1 : 0,
    opened.attempt.id,
  );
  return { ...opened, trial, attempt: { ...opened.attempt, inherited } };
}

/** Returns whether any trial of a study continues the checkpoint of another one. */
export function* hasForks(studyId: number): Operation<boolean> {
  // The + makes SQLite begin with the attributes: most studies have few, and many trials.
  const [row] = yield sql(
    `SELECT EXISTS (SELECT 1 FROM trial_user_attributes a JOIN trials t
        ON t.trial_id = +a.trial_id WHERE a."key" = '${PARENT}' AND t.study_id = ?) AS found`,
    studyId,
  );
  return row !== undefined && num(row, 'found') !== 0;
}
