import { encodeTime } from '../codec.js';
import { toPythonJson } from '../python-json.js';
import { num, type Operation, type Row, sql, text } from '../statement.js';
import type {
  AttemptRecord,
  ConfigRecord,
  NewAttempt,
  NewTrial,
  OpenedTrial,
  Restart,
  TrialRecord,
} from '../storage.js';
import { insertRows } from './insert-rows.js';
import { lockTrial } from './locks.js';
import { readTrial } from './reading.js';
import { ATTEMPT_COLUMNS, CONFIG_COLUMNS, toAttempt, toConfig } from './records.js';
import { forgetReports, unpause } from './reporting.js';

/** A parameter as its row in trial_params. */
export type StoredParam = { readonly name: string; readonly stored: number; readonly json: string };

/** The number of the next trial. The study is locked, so the number is free until the commit. */
export function* nextNumber(studyId: number): Operation<number> {
  const [last] = yield sql(
    'SELECT number FROM trials WHERE study_id = ? ORDER BY trial_id DESC LIMIT 1',
    studyId,
  );
  return last ? num(last, 'number') + 1 : 0;
}

/** Opens a trial under `number`, the next one of its study. The study is locked. */
export function* openTrial(
  { studyId, number }: { readonly studyId: number; readonly number: number },
  config: ConfigRecord,
  stored: readonly StoredParam[],
  trial: NewTrial,
): Operation<OpenedTrial> {
  const [inserted] = yield sql(
    "INSERT INTO trials (number, study_id, state, datetime_start) VALUES (?, ?, 'RUNNING', ?) RETURNING trial_id",
    number,
    studyId,
    encodeTime(trial.startedAtMs),
  );
  const place = { id: num(inserted as Row, 'trial_id'), number, studyId };
  return yield* attachTrial(place, config, stored, trial);
}

/** A row of `trials` as one that is running. */
type Place = { readonly id: number; readonly number: number; readonly studyId: number };

/** Everything of a running trial beside its row in `trials`. */
export function* attachTrial(
  { id, number, studyId }: Place,
  config: ConfigRecord,
  stored: readonly StoredParam[],
  { repeat, seed, attempt, asker }: NewTrial,
): Operation<OpenedTrial> {
  yield sql(
    'INSERT INTO hpo_trials (trial_id, study_id, number, configuration_id, repeat, seed, asker) VALUES (?, ?, ?, ?, ?, ?, ?)',
    id,
    studyId,
    number,
    config.id,
    repeat,
    seed,
    asker,
  );
  yield* insertRows(
    'trial_params (trial_id, param_name, param_value, distribution_json)',
    stored.map(({ name, stored: value, json }) => [id, name, value, json]),
  );
  if (Object.keys(config.forced).length > 0) {
    yield sql(
      `INSERT INTO trial_user_attributes (trial_id, "key", value_json) VALUES (?, 'hpo:set', ?)`,
      id,
      toPythonJson(config.forced),
    );
  }
  const trial: TrialRecord = {
    id,
    number,
    configId: config.id,
    repeat,
    seed,
    state: 'running',
    values: null,
    params: config.params,
    steps: new Map(),
    violations: [],
    pausedAt: null,
  };
  return { trial, config, attempt: attempt && (yield* insertAttempt(id, number, 1, [], false, attempt)) };
}

function* insertAttempt(
  trialId: number,
  trialNumber: number,
  attempt: number,
  inherited: readonly string[],
  inheritsObjective: boolean,
  { token, owner, device, handle: handleOf, startedAtMs, targetStep: targetOf }: NewAttempt,
): Operation<AttemptRecord> {
  const handle = handleOf(trialNumber, attempt);
  const targetStep = targetOf?.(trialNumber) ?? null;
  const [row] = yield sql(
    `INSERT INTO hpo_attempts (trial_id, attempt, token, owner, device, dir, started_at_ms, inherited_json,
      inherits_objective, target_step) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING attempt_id`,
    trialId,
    attempt,
    token,
    owner,
    device,
    handle,
    startedAtMs,
    inherited.length > 0 ? toPythonJson(inherited) : null,
    inheritsObjective ? 1 : 0,
    targetStep,
  );
  return {
    id: num(row as Row, 'attempt_id'),
    trialId,
    attempt,
    token,
    owner,
    device,
    handle,
    startedAtMs,
    finishedAtMs: null,
    exitCode: null,
    reason: null,
    cause: null,
    settled: false,
    stopRequested: false,
    firstStep: null,
    inherited,
    targetStep,
  };
}

export function* restart(trialId: number, restart: Restart): Operation<OpenedTrial | null> {
  yield lockTrial(trialId);
  return restart.fromAsker === null
    ? yield* addAttempt(trialId, restart.attempt)
    : yield* reclaim(trialId, restart);
}

function* reclaim(
  trialId: number,
  { fromAsker, attempt, asker, startedAtMs }: Extract<Restart, { readonly fromAsker: string }>,
): Operation<OpenedTrial | null> {
  const [row] = yield sql(
    `SELECT ${CONFIG_COLUMNS}, t.study_id FROM trials t JOIN hpo_trials h ON h.trial_id = t.trial_id
      JOIN hpo_configurations c ON c.configuration_id = h.configuration_id
      WHERE t.trial_id = ? AND t.state = 'RUNNING' AND h.asker = ?`,
    trialId,
    fromAsker,
  );
  if (!row) return null;
  if (startedAtMs !== null) yield* forgetReports(trialId);
  yield sql('UPDATE hpo_trials SET asker = ? WHERE trial_id = ?', asker, trialId);
  if (startedAtMs !== null)
    yield sql('UPDATE trials SET datetime_start = ? WHERE trial_id = ?', encodeTime(startedAtMs), trialId);
  const trial = yield* readTrial(num(row, 'study_id'), trialId);
  if (!trial) return null;
  const inserted = attempt && (yield* insertAttempt(trialId, trial.number, 1, [], false, attempt));
  return { trial, config: toConfig(row), attempt: inserted };
}

/** Only a trial that had an attempt gets another one: a trial without any belongs to its asker. */
function* addAttempt(trialId: number, attempt: NewAttempt): Operation<OpenedTrial | null> {
  const [row] = yield sql(
    `SELECT ${CONFIG_COLUMNS}, t.study_id FROM trials t
      JOIN hpo_trials h ON h.trial_id = t.trial_id
      JOIN hpo_configurations c ON c.configuration_id = h.configuration_id
      WHERE t.trial_id = ? AND t.state = 'RUNNING'`,
    trialId,
  );
  if (!row) return null;
  const [last] = yield sql(
    `SELECT ${ATTEMPT_COLUMNS} FROM hpo_attempts a WHERE a.trial_id = ? ORDER BY a.attempt DESC LIMIT 1`,
    trialId,
  );
  if (!last || toAttempt(last).finishedAtMs === null) return null;
  yield* unpause(trialId);
  // The newest attempt counts: its start is the start of the trial.
  yield sql(
    'UPDATE trials SET datetime_start = ? WHERE trial_id = ?',
    encodeTime(attempt.startedAtMs),
    trialId,
  );
  const names = yield sql(
    `SELECT DISTINCT n.name FROM hpo_metrics m JOIN hpo_metric_names n ON n.metric_id = m.metric_id
      WHERE m.trial_id = ?`,
    trialId,
  );
  const trial = yield* readTrial(num(row, 'study_id'), trialId);
  if (!trial) return null;
  const inserted = yield* insertAttempt(
    trialId,
    trial.number,
    num(last, 'attempt') + 1,
    names.map((each) => text(each, 'name')).sort(),
    trial.steps.size > 0,
    attempt,
  );
  return { trial, config: toConfig(row), attempt: inserted };
}
