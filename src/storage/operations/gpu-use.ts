import { addSample, type GpuSample, type GpuUse, readGpuUse } from '../../core/gpu-use.js';
import { fromPythonJson, toPythonJson } from '../python-json.js';
import { num, type Operation, sql, textOrNull } from '../statement.js';
import { lockTrial } from './locks.js';
import { CURRENT_ATTEMPT, isCurrent } from './records.js';

/** The user attribute with what a trial used of its GPUs. */
export const GPU_USE = 'hpo:gpu';

/** The sum is kept in the database, so that an orchestrator that reattaches the attempt adds to it. */
export function* recordGpuUsage(trialId: number, attemptId: number, sample: GpuSample): Operation<boolean> {
  yield lockTrial(trialId);
  const [trial] = yield sql(
    `SELECT ${CURRENT_ATTEMPT}, (SELECT a.value_json FROM trial_user_attributes a
        WHERE a.trial_id = t.trial_id AND a."key" = '${GPU_USE}') AS gpu_json
      FROM trials t WHERE t.trial_id = ? AND t.state = 'RUNNING'`,
    trialId,
  );
  if (!isCurrent(trial, attemptId)) return false;
  const use = addSample(toGpuUse(textOrNull(trial, 'gpu_json')), sample);
  yield sql(
    `INSERT INTO trial_user_attributes (trial_id, "key", value_json) VALUES (?, '${GPU_USE}', ?)
      ON CONFLICT (trial_id, "key") DO UPDATE SET value_json = excluded.value_json`,
    trialId,
    toPythonJson(use),
  );
  return true;
}

/** Null for a text that is no GPU use: another program may have written it. */
export function toGpuUse(json: string | null): GpuUse | null {
  if (json === null) return null;
  try {
    return readGpuUse(fromPythonJson(json));
  } catch {
    return null;
  }
}

export function* hasGpuUse(studyId: number): Operation<boolean> {
  // The + makes SQLite begin with the attributes: most studies have few, and many trials.
  const [row] = yield sql(
    `SELECT EXISTS (SELECT 1 FROM trial_user_attributes a JOIN trials t
        ON t.trial_id = +a.trial_id WHERE a."key" = '${GPU_USE}' AND t.study_id = ?) AS found`,
    studyId,
  );
  return row !== undefined && num(row, 'found') !== 0;
}
