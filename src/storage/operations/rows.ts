import type { Params } from '../../core/distribution.js';
import { isFinished } from '../../core/trial.js';
import { timesOf } from '../attempt-times.js';
import { byTrial, type Clock, clockOfOptuna, decodeNumber, decodeState, decodeTime } from '../codec.js';
import { num, numOrNull, type Operation, type Row, sql, text, textOrNull } from '../statement.js';
import type { AttemptRecord, Columns, StoredMetric, TrialMetric, TrialRow } from '../storage.js';
import { storedJsonOrNull, storedParams } from '../stored-json.js';
import { HIDDEN, hasAnnotations, isHidden, readNotes, readTags } from './annotating.js';
import { REFUSED } from './enqueueing.js';
import { hasForks } from './forking.js';
import { GPU_USE, hasGpuUse, toGpuUse } from './gpu-use.js';
import { readValues, type Selection, toViolations } from './reading.js';
import {
  ATTEMPT_COLUMNS,
  FINAL_STEP,
  FIXED,
  PAUSED_JSON,
  toAttempt,
  toFork,
  toPausedAt,
  VIOLATIONS,
} from './records.js';
import { readRowParams } from './row-params.js';

/** A page of the table of results: seven queries, however long it is. */
export function* rows(studyId: number, fromNumber: number, limit: number): Operation<readonly TrialRow[]> {
  const selection: Selection = {
    where: 't.study_id = ? AND t.number >= ? AND t.number < ?',
    args: [studyId, fromNumber, fromNumber + limit],
  };
  return [...(yield* readRows(studyId, selection)).values()];
}

/** The selected rows by trial id, in order of number. */
export function* readRows(studyId: number, selection: Selection): Operation<ReadonlyMap<number, TrialRow>> {
  const { where, args } = selection;
  const trials = yield sql(
    `SELECT t.trial_id, t.number, t.state, t.datetime_start, t.datetime_complete, h.seed, h.exit_code, h.reason,
        h.trial_id AS own_id, (SELECT v.library_version FROM version_info v) AS library_version, k.ahead_min,
        c.number AS configuration, c.params_json, c.forced_json,
        CASE WHEN c.sampler_index < 0 THEN c.attrs_json END AS fork_json,
        CASE WHEN h.trial_id IS NULL THEN (SELECT a.value_json FROM trial_user_attributes a
          WHERE a.trial_id = t.trial_id AND a."key" = '${REFUSED}') END AS refused_json,
        (SELECT a.value_json FROM trial_user_attributes a
          WHERE a.trial_id = t.trial_id AND a."key" = '${GPU_USE}') AS gpu_json,
        (SELECT a.value_json FROM trial_user_attributes a
          WHERE a.trial_id = t.trial_id AND a."key" = '${HIDDEN}') AS hidden_json,
        (SELECT a.value_json FROM trial_system_attributes a
          WHERE a.trial_id = t.trial_id AND a."key" = '${VIOLATIONS}') AS violations,
        ${PAUSED_JSON},
        CASE WHEN t.state = 'WAITING' THEN (SELECT a.value_json FROM trial_system_attributes a
          WHERE a.trial_id = t.trial_id AND a."key" = '${FIXED}') END AS fixed_json
      FROM trials t LEFT JOIN hpo_trials h ON h.trial_id = t.trial_id
      LEFT JOIN hpo_configurations c ON c.configuration_id = h.configuration_id
      LEFT JOIN hpo_clocks k ON k.trial_id = t.trial_id
      WHERE ${where} ORDER BY t.number`,
    ...args,
  );
  if (trials.length === 0) return new Map();
  const params = yield* readRowParams(trials, selection);
  const values = yield* readValues(selection);
  const metrics = yield* lastMetrics(selection);
  const epochs = yield* countSteps(selection);
  const attempts = byTrial(
    yield sql(
      `SELECT ${ATTEMPT_COLUMNS} FROM trials t JOIN hpo_attempts a ON a.trial_id = t.trial_id
        WHERE ${where} ORDER BY t.trial_id, a.attempt`,
      ...args,
    ),
    toAttempt,
  );
  const notes = yield* readNotes(studyId, selection);
  const tags = yield* readTags(selection);
  const found = trials.map((row): [number, TrialRow] => {
    const id = num(row, 'trial_id');
    const fork = toFork(row);
    return [
      id,
      {
        ...ofAttempts(row, attempts.get(id) ?? []),
        id,
        number: num(row, 'number'),
        configuration: numOrNull(row, 'configuration'),
        seed: numOrNull(row, 'seed'),
        values: values.get(id) ?? null,
        violations: toViolations(storedJsonOrNull(row, 'violations')),
        params: withFixed(row, params.get(id)),
        forced: storedParams(row, 'forced_json'),
        metrics: toMetrics(metrics.get(id)),
        epochs: Math.max(0, (epochs.get(id) ?? 0) - (fork?.steps ?? 0)),
        parent: fork && { trial: fork.parent, step: fork.fromStep },
        gpuUse: toGpuUse(textOrNull(row, 'gpu_json')),
        note: notes.get(id) ?? null,
        tags: tags.get(id) ?? [],
        hidden: isHidden(textOrNull(row, 'hidden_json')),
      },
    ];
  });
  return new Map(found);
}

/** With the parameters that a waiting trial was enqueued with. Few trials wait, and a copy takes longer than all else here. */
function withFixed(row: Row, params: Params = {}): Params {
  return textOrNull(row, 'fixed_json') === null ? params : { ...params, ...storedParams(row, 'fixed_json') };
}

function toMetrics(last: readonly (readonly [string, number])[] = []): Readonly<Record<string, number>> {
  return last.length === 0 ? NO_METRICS : Object.fromEntries(last);
}

const NO_METRICS: Readonly<Record<string, number>> = {};

/** The columns that depend on the attempts. While the trial is unfinished, the newest says why it ended, if it did. */
function ofAttempts(trial: Row, attempts: readonly AttemptRecord[]) {
  const attempt = attempts.at(-1) ?? null;
  const state = decodeState(text(trial, 'state'));
  const finished = isFinished(state);
  const clock = clockOf(trial);
  const pausedAt = toPausedAt(trial);
  const startedAtMs = decodeTime(textOrNull(trial, 'datetime_start'), clock);
  const finishedAtMs = decodeTime(textOrNull(trial, 'datetime_complete'), clock);
  const isEnded = attempt !== null && attempt.finishedAtMs !== null;
  return {
    state,
    attempt: attempt?.attempt ?? 0,
    // A running trial that never had an attempt is run by its asker, so it is not queued.
    queued: state === 'waiting' || (state === 'running' && isEnded && pausedAt === null),
    pausedAt,
    device: attempt?.device ?? null,
    handle: attempt?.handle ?? null,
    startedAtMs,
    finishedAtMs,
    ...timesOf(attempts, { startedAtMs, finishedAtMs, pausedAt }),
    exitCode: finished ? numOrNull(trial, 'exit_code') : (attempt?.exitCode ?? null),
    reason: finished ? (textOrNull(trial, 'reason') ?? refusal(trial)) : (attempt?.reason ?? null),
    cause: attempt?.cause ?? null,
  };
}

/**
 * What hpo wrote is UTC: trials that ran, and enqueued ones that could not. Of another program's trial the clock was noted as
 * it started; of one that started before the file was hpo's, the version of Optuna has to tell.
 */
export function clockOf(trial: Row): Clock {
  const wroteHpo = trial.own_id !== null || trial.refused_json !== null;
  if (wroteHpo) return 'utc';
  return numOrNull(trial, 'ahead_min') ?? clockOfOptuna(textOrNull(trial, 'library_version'));
}

/** Why an enqueued trial could not be run. */
function refusal(trial: Row): string | null {
  const reason = storedJsonOrNull(trial, 'refused_json');
  return reason === null ? null : typeof reason === 'string' ? reason : JSON.stringify(reason);
}

/** The last value of each metric, by trial id: the final one, else the one of the highest step. */
function* lastMetrics({
  where,
  args,
}: Selection): Operation<ReadonlyMap<number, (readonly [string, number])[]>> {
  const found = yield sql(
    `WITH last AS (
        SELECT m.trial_id, m.metric_id,
          CASE WHEN MIN(m.step) = ${FINAL_STEP} THEN ${FINAL_STEP} ELSE MAX(m.step) END AS step
        FROM trials t JOIN hpo_metrics m ON m.trial_id = t.trial_id WHERE ${where} GROUP BY m.trial_id, m.metric_id
      )
      SELECT l.trial_id, n.name, m.value, m.value_type FROM last l
      JOIN hpo_metrics m ON m.trial_id = l.trial_id AND m.metric_id = l.metric_id AND m.step = l.step
      JOIN hpo_metric_names n ON n.metric_id = l.metric_id ORDER BY l.trial_id, n.name`,
    ...args,
  );
  return byTrial(found, (row): [string, number] => [text(row, 'name'), toValue(row)]);
}

/** A trial that another program made has reports only among Optuna's intermediate values. */
function* countSteps({ where, args }: Selection): Operation<ReadonlyMap<number, number>> {
  const foreign = yield sql(
    `SELECT i.trial_id, COUNT(*) AS steps FROM trials t
      JOIN trial_intermediate_values i ON i.trial_id = t.trial_id WHERE ${where} GROUP BY i.trial_id`,
    ...args,
  );
  const own = yield sql(
    `SELECT m.trial_id, COUNT(DISTINCT CASE WHEN m.step > ${FINAL_STEP} THEN m.step END) AS steps
      FROM trials t JOIN hpo_metrics m ON m.trial_id = t.trial_id WHERE ${where} GROUP BY m.trial_id`,
    ...args,
  );
  return new Map([...foreign, ...own].map((row) => [num(row, 'trial_id'), num(row, 'steps')]));
}

export function* columns(studyId: number): Operation<Columns> {
  const found = yield sql('SELECT name FROM hpo_metric_names WHERE study_id = ?', studyId);
  // Sorted here: collations differ between databases.
  const metrics = found.map((each) => text(each, 'name')).sort();
  return {
    metrics,
    gpuUse: yield* hasGpuUse(studyId),
    annotated: yield* hasAnnotations(studyId),
    forked: yield* hasForks(studyId),
  };
}

export function* metrics(studyId: number, number: number): Operation<readonly StoredMetric[]> {
  return (yield* metricsFrom(studyId, number, 1)).map(({ name, step, value }) => ({ name, step, value }));
}

export function* metricsFrom(
  studyId: number,
  fromNumber: number,
  limit: number,
): Operation<readonly TrialMetric[]> {
  const where = 't.study_id = ? AND t.number >= ? AND t.number < ?';
  return yield* metricsIn({ where, args: [studyId, fromNumber, fromNumber + limit] }, 't.number');
}

/**
 * Numbers and ids have the same order. SQLite uses the index of the column that the rows are sorted by, and reads the whole study
 * where that is not the one that selects them.
 */
export function* metricsIn(
  { where, args }: Selection,
  order: 't.number' | 't.trial_id',
): Operation<readonly TrialMetric[]> {
  const found = yield sql(
    `SELECT t.number, n.name, m.step, m.value, m.value_type FROM trials t
      JOIN hpo_metrics m ON m.trial_id = t.trial_id JOIN hpo_metric_names n ON n.metric_id = m.metric_id
      WHERE ${where} ORDER BY ${order}, n.name, m.step`,
    ...args,
  );
  return found.map((each) => {
    const step = num(each, 'step');
    const value = toValue(each);
    return {
      trial: num(each, 'number'),
      name: text(each, 'name'),
      step: step === FINAL_STEP ? null : step,
      value,
    };
  });
}

function toValue(row: Row): number {
  return decodeNumber(numOrNull(row, 'value'), text(row, 'value_type'));
}
