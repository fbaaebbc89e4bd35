import { toStored } from '../../core/distribution.js';
import { num, type Operation, sql } from '../statement.js';
import type { Suggested } from '../storage.js';
import { paramToStore } from './choice-lists.js';
import { lockTrial } from './locks.js';
import { CURRENT_ATTEMPT, isCurrent } from './records.js';

/** Adds a parameter to a running trial, as Optuna stores one that an objective suggests. */
export function* suggest(
  trialId: number,
  attemptId: number | null,
  suggested: Suggested,
): Operation<boolean> {
  const { name, distribution, value } = suggested;
  toStored(distribution, value);
  yield lockTrial(trialId);
  const [trial] = yield sql(
    `SELECT ${CURRENT_ATTEMPT}, t.study_id,
        EXISTS (SELECT 1 FROM trial_params p WHERE p.trial_id = t.trial_id AND p.param_name = ?) AS named
      FROM trials t WHERE t.trial_id = ? AND t.state = 'RUNNING'`,
    name,
    trialId,
  );
  if (!isCurrent(trial, attemptId)) return false;
  if (num(trial, 'named') !== 0) return true;
  const { stored, json } = yield* paramToStore(num(trial, 'study_id'), suggested);
  yield sql(
    'INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)',
    trialId,
    name,
    stored,
    json,
  );
  return true;
}
