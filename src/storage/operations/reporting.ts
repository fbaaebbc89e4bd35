import { causeOf } from '../../core/attempt-cause.js';
import { lowestExplicitStep, reclaimedSteps } from '../../core/metric-inheritance.js';
import { encodeNumber, encodeState, encodeTime } from '../codec.js';
import { toPythonJson } from '../python-json.js';
import { num, numOrNull, type Operation, type Row, sql, textOrNull } from '../statement.js';
import type { EndedAttempt, Ending, ReportedPoint } from '../storage.js';
import { checkedValues, checkPoints } from '../validation.js';
import { GPU_USE } from './gpu-use.js';
import { insertRows } from './insert-rows.js';
import { lockTrial, lockTrialOf } from './locks.js';
import {
  CURRENT_ATTEMPT,
  FINAL_STEP,
  isCurrent,
  PAUSED,
  PAUSED_JSON,
  toInherited,
  VIOLATIONS,
} from './records.js';

export function* report(
  trialId: number,
  attemptId: number | null,
  points: readonly ReportedPoint[],
): Operation<boolean> {
  yield lockTrial(trialId);
  const [trial] = yield sql(
    `SELECT a.attempt_id AS current_attempt, a.first_step, a.inherited_json, a.inherits_objective FROM trials t
      LEFT JOIN hpo_attempts a ON a.trial_id = t.trial_id AND a.finished_at_ms IS NULL
      WHERE t.trial_id = ? AND t.state = 'RUNNING'`,
    trialId,
  );
  if (!isCurrent(trial, attemptId)) return false;
  checkPoints(points);
  if (attemptId !== null) yield* discardReclaimed(trialId, attemptId, trial, points);
  const ids = new Map<string, number>();
  for (const { name, step, value, objective } of points) {
    const metricId = ids.get(name) ?? (yield* metricIdOf(trialId, name));
    ids.set(name, metricId);
    const stored = encodeNumber(value);
    yield sql(
      `INSERT INTO hpo_metrics (trial_id, metric_id, step, value, value_type) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (trial_id, metric_id, step) DO UPDATE SET value = excluded.value, value_type = excluded.value_type`,
      trialId,
      metricId,
      step ?? FINAL_STEP,
      stored.value,
      stored.type,
    );
    if (objective && step !== null) {
      yield sql(
        `INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type)
          VALUES (?, ?, ?, ?)
          ON CONFLICT (trial_id, step) DO UPDATE SET intermediate_value = excluded.intermediate_value,
            intermediate_value_type = excluded.intermediate_value_type`,
        trialId,
        step,
        stored.value,
        stored.type,
      );
    }
  }
  return true;
}

/**
 * Discards what the attempt reports again, by the rule of core/metric-inheritance.ts. The statements need no condition on
 * the attempt: an inherited metric has explicit steps alone, and the attempt's own are not below its `first_step`.
 */
function* discardReclaimed(
  trialId: number,
  attemptId: number,
  attempt: Row,
  points: readonly ReportedPoint[],
): Operation<void> {
  const reclaimed = reclaimedSteps(numOrNull(attempt, 'first_step'), lowestExplicitStep(points));
  if (!reclaimed) return;
  const { from } = reclaimed;
  const last = Math.min(reclaimed.to - 1, Number.MAX_SAFE_INTEGER);
  for (const name of toInherited(attempt)) {
    const metricId = yield* knownMetricId(trialId, name);
    yield sql(
      'DELETE FROM hpo_metrics WHERE trial_id = ? AND metric_id = ? AND step BETWEEN ? AND ?',
      trialId,
      metricId,
      from,
      last,
    );
  }
  if (num(attempt, 'inherits_objective') !== 0)
    yield sql(
      'DELETE FROM trial_intermediate_values WHERE trial_id = ? AND step BETWEEN CAST(? AS BIGINT) AND CAST(? AS BIGINT)',
      trialId,
      from,
      last,
    );
  yield sql('UPDATE hpo_attempts SET first_step = ? WHERE attempt_id = ?', from, attemptId);
}

function* metricIdOf(trialId: number, name: string): Operation<number> {
  const known = yield* knownMetricId(trialId, name);
  if (known !== null) return known;
  const [added] = yield sql(
    `INSERT INTO hpo_metric_names (study_id, name) SELECT study_id, ? FROM trials WHERE trial_id = ?
      RETURNING metric_id`,
    name,
    trialId,
  );
  return num(added as Row, 'metric_id');
}

/** Null for a name that was never reported in the study. */
function* knownMetricId(trialId: number, name: string): Operation<number | null> {
  const [known] = yield sql(
    `SELECT n.metric_id FROM trials t JOIN hpo_metric_names n ON n.study_id = t.study_id AND n.name = ?
      WHERE t.trial_id = ?`,
    name,
    trialId,
  );
  return known ? num(known, 'metric_id') : null;
}

export function* finish(trialId: number, attemptId: number | null, ending: Ending): Operation<boolean> {
  yield lockTrial(trialId);
  const [trial] = yield sql(
    `SELECT ${CURRENT_ATTEMPT},
        (SELECT COUNT(*) FROM study_directions d WHERE d.study_id = t.study_id) AS objectives,
        EXISTS (SELECT 1 FROM trial_values v WHERE v.trial_id = t.trial_id) AS valued, ${PAUSED_JSON}
      FROM trials t WHERE t.trial_id = ? AND t.state = 'RUNNING'`,
    trialId,
  );
  if (!isCurrent(trial, attemptId)) return false;
  const { state, exitCode, reason, finishedAtMs } = ending;
  const values = checkedValues(ending, num(trial, 'objectives'));
  yield sql(
    'UPDATE trials SET state = ?, datetime_complete = ? WHERE trial_id = ?',
    encodeState(state),
    encodeTime(finishedAtMs),
    trialId,
  );
  // A worker of Optuna may have stored values for a trial that is still running.
  if (num(trial, 'valued') !== 0) yield sql('DELETE FROM trial_values WHERE trial_id = ?', trialId);
  yield* insertRows(
    'trial_values (trial_id, objective, value, value_type)',
    values.map((value, objective) => {
      const stored = encodeNumber(value);
      return [trialId, objective, stored.value, stored.type];
    }),
  );
  if (textOrNull(trial, 'paused_json') !== null) yield* unpause(trialId);
  // The row of a running trial has neither.
  if (exitCode !== null || reason !== null)
    yield sql(
      'UPDATE hpo_trials SET exit_code = ?, reason = ? WHERE trial_id = ?',
      exitCode,
      reason,
      trialId,
    );
  if (ending.violations && ending.violations.length > 0) yield* keepViolations(trialId, ending.violations);
  if (attemptId !== null) {
    yield sql(
      `UPDATE hpo_attempts SET finished_at_ms = ?, exit_code = ?, reason = ?, cause = ?, settled = 1
        WHERE attempt_id = ?`,
      finishedAtMs,
      exitCode,
      reason,
      ending.cause ?? causeOf(state),
      attemptId,
    );
  }
  return true;
}

function* keepViolations(trialId: number, violations: readonly number[]): Operation<void> {
  yield sql(
    `INSERT INTO trial_system_attributes (trial_id, "key", value_json) VALUES (?, ?, ?)
      ON CONFLICT (trial_id, "key") DO UPDATE SET value_json = excluded.value_json`,
    trialId,
    VIOLATIONS,
    toPythonJson(violations),
  );
}

export function* requeue(attemptId: number, ended: EndedAttempt): Operation<boolean> {
  yield lockTrialOf(attemptId);
  // A finished trial keeps its results, even when a worker of Optuna finished it under a running attempt.
  const [row] = yield sql(
    `UPDATE hpo_attempts SET finished_at_ms = ?, exit_code = ?, reason = ?, cause = ?
      WHERE attempt_id = ? AND finished_at_ms IS NULL
        AND EXISTS (SELECT 1 FROM trials t WHERE t.trial_id = hpo_attempts.trial_id AND t.state = 'RUNNING')
      RETURNING trial_id`,
    ended.finishedAtMs,
    ended.exitCode,
    ended.reason,
    ended.cause,
    attemptId,
  );
  if (!row) return false;
  const trialId = num(row, 'trial_id');
  const { pausedAt = null } = ended;
  if (pausedAt !== null)
    yield sql(
      `INSERT INTO trial_user_attributes (trial_id, "key", value_json) VALUES (?, '${PAUSED}', ?)`,
      trialId,
      toPythonJson(pausedAt),
    );
  yield* forgetReports(trialId, ended.keepSteps);
  for (const name of ended.forget ?? []) {
    const metricId = yield* knownMetricId(trialId, name);
    yield sql('DELETE FROM hpo_metrics WHERE trial_id = ? AND metric_id = ?', trialId, metricId);
  }
  return true;
}

/** A trial that never had an attempt stays failed: hpo would not run it again. */
export function* reopen(trialId: number, keepSteps = false): Operation<boolean> {
  const [row] = yield sql(
    `UPDATE trials SET state = 'RUNNING', datetime_complete = NULL
      WHERE trial_id = ? AND state = 'FAIL' AND EXISTS (SELECT 1 FROM hpo_attempts a WHERE a.trial_id = trials.trial_id)
      RETURNING trial_id`,
    trialId,
  );
  if (!row) return false;
  yield sql('DELETE FROM trial_values WHERE trial_id = ?', trialId);
  yield sql('DELETE FROM trial_system_attributes WHERE trial_id = ? AND "key" = ?', trialId, VIOLATIONS);
  yield sql('UPDATE hpo_trials SET exit_code = NULL, reason = NULL WHERE trial_id = ?', trialId);
  yield* forgetReports(trialId, keepSteps);
  return true;
}

/** A trial that runs again, or ends, is not paused any more. */
export function* unpause(trialId: number): Operation<void> {
  yield sql('DELETE FROM trial_user_attributes WHERE trial_id = ? AND "key" = ?', trialId, PAUSED);
}

/** Final values are deleted in any case: they belong to a run that did not end. */
export function* forgetReports(trialId: number, keepSteps = false): Operation<void> {
  yield sql('DELETE FROM trial_user_attributes WHERE trial_id = ? AND "key" = ?', trialId, GPU_USE);
  if (keepSteps) {
    yield sql('DELETE FROM hpo_metrics WHERE trial_id = ? AND step = ?', trialId, FINAL_STEP);
    return;
  }
  yield sql('DELETE FROM hpo_metrics WHERE trial_id = ?', trialId);
  yield sql('DELETE FROM trial_intermediate_values WHERE trial_id = ?', trialId);
}

export function* takeOverAttempt(attemptId: number, fromOwner: string, toOwner: string): Operation<boolean> {
  const rows = yield sql(
    `UPDATE hpo_attempts SET owner = ? WHERE attempt_id = ? AND owner = ? AND finished_at_ms IS NULL
      RETURNING attempt_id`,
    toOwner,
    attemptId,
    fromOwner,
  );
  return rows.length > 0;
}

export function* requestStop(attemptId: number, wanted: boolean): Operation<void> {
  yield sql(
    'UPDATE hpo_attempts SET stop_requested = ? WHERE attempt_id = ? AND finished_at_ms IS NULL',
    wanted ? 1 : 0,
    attemptId,
  );
}
