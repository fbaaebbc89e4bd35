import type { AttemptCause } from '../../core/attempt-cause.js';
import { type Fork, forkOf } from '../../core/fork.js';
import type { Attrs } from '../../core/trial.js';
import { num, numOrNull, type Operation, type Row, sql, text, textOrNull } from '../statement.js';
import type { AttemptRecord, ConfigRecord } from '../storage.js';
import { storedObject, storedParams, storedTexts } from '../stored-json.js';

/** The step of a final value in hpo_metrics. */
export const FINAL_STEP = -1;
/** The system attribute in which Optuna keeps how far a trial violates each constraint. */
export const VIOLATIONS = 'constraints';

/** The system attribute in which Optuna keeps the parameters of an enqueued trial. Its workers run such a trial too. */
export const FIXED = 'fixed_params';

/** The user attribute of a running trial that is paused: the step. */
export const PAUSED = 'hpo:paused';

/** The user attribute of a trial that continues another one's checkpoint: the number of that one. */
export const PARENT = 'hpo:parent';

/** The value of PAUSED of a trial `t`, as JSON; null where it is not paused. */
export const PAUSED_JSON = `CASE WHEN t.state = 'RUNNING' THEN (SELECT a.value_json FROM trial_user_attributes a
    WHERE a.trial_id = t.trial_id AND a."key" = '${PAUSED}') END AS paused_json`;

/** Returns the step at which a trial is paused. Another program may have written anything: then it is not paused. */
export function toPausedAt(row: Row): number | null {
  const stored = textOrNull(row, 'paused_json');
  const step = stored === null || !/^\d+$/.test(stored) ? null : Number(stored);
  return Number.isSafeInteger(step) ? step : null;
}

/** Returns how a trial began that continues another one's checkpoint, from a column `fork_json`; else null. */
export function toFork(row: Row): Fork | null {
  return textOrNull(row, 'fork_json') === null ? null : forkOf(storedObject(row, 'fork_json') as Attrs);
}

export const CONFIG_COLUMNS =
  'c.configuration_id, c.number, c.sampler_index, c.params_json, c.forced_json, c.config_key, c.attrs_json';

export function toConfig(row: Row): ConfigRecord {
  return {
    id: num(row, 'configuration_id'),
    number: num(row, 'number'),
    index: num(row, 'sampler_index'),
    params: storedParams(row, 'params_json'),
    forced: storedParams(row, 'forced_json'),
    key: text(row, 'config_key'),
    attrs: storedObject(row, 'attrs_json') as Attrs,
  };
}

export const ATTEMPT_COLUMNS = `a.attempt_id, a.trial_id, a.attempt, a.token, a.owner, a.device, a.dir, a.started_at_ms,
  a.finished_at_ms, a.exit_code, a.reason, a.cause, a.settled, a.stop_requested, a.first_step,
  a.inherited_json, a.target_step`;

export function toAttempt(row: Row): AttemptRecord {
  return {
    id: num(row, 'attempt_id'),
    trialId: num(row, 'trial_id'),
    attempt: num(row, 'attempt'),
    token: text(row, 'token'),
    owner: text(row, 'owner'),
    device: text(row, 'device'),
    handle: text(row, 'dir'),
    startedAtMs: num(row, 'started_at_ms'),
    finishedAtMs: numOrNull(row, 'finished_at_ms'),
    exitCode: numOrNull(row, 'exit_code'),
    reason: textOrNull(row, 'reason'),
    cause: textOrNull(row, 'cause') as AttemptCause | null,
    settled: num(row, 'settled') !== 0,
    stopRequested: num(row, 'stop_requested') !== 0,
    firstStep: numOrNull(row, 'first_step'),
    inherited: toInherited(row),
    targetStep: numOrNull(row, 'target_step'),
  };
}

/** The metrics that an attempt inherited. */
export function toInherited(row: Row): readonly string[] {
  return storedTexts(row, 'inherited_json');
}

export function* attempts(
  of: { readonly attemptId: number } | { readonly trialId: number },
): Operation<readonly AttemptRecord[]> {
  const [column, id] = 'attemptId' in of ? ['attempt_id', of.attemptId] : ['trial_id', of.trialId];
  const rows = yield sql(
    `SELECT ${ATTEMPT_COLUMNS} FROM hpo_attempts a WHERE a.${column} = ? ORDER BY a.attempt`,
    id,
  );
  return rows.map(toAttempt);
}

/** The running attempt of a trial `t`. Every write about a running trial checks it, in the same transaction. */
export const CURRENT_ATTEMPT = `(SELECT a.attempt_id FROM hpo_attempts a
  WHERE a.trial_id = t.trial_id AND a.finished_at_ms IS NULL) AS current_attempt`;

/** Whether the trial runs and `attemptId` is its running attempt; null stands for a trial without an attempt. */
export function isCurrent(row: Row | undefined, attemptId: number | null): row is Row {
  return row !== undefined && numOrNull(row, 'current_attempt') === attemptId;
}
