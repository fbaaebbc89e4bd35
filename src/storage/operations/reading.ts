import type { ParamValue } from '../../core/distribution.js';
import type { JsonValue } from '../../core/trial.js';
import { byTrial, decodeNumber, decodeParam, decodeState, encodeState, toParams } from '../codec.js';
import {
  num,
  numOrNull,
  type Operation,
  type Row,
  type SqlValue,
  sql,
  text,
  textOrNull,
} from '../statement.js';
import type { ConfigRecord, PartialParams, Pending, TrialRecord, UnfinishedTrial } from '../storage.js';
import { storedJsonOrNull, storedParams } from '../stored-json.js';
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

/** Which trials `t` of a study are read: a condition in SQL, and the values bound to it. */
export type Selection = { readonly where: string; readonly args: readonly SqlValue[] };

/** The parameters of the selected trials, by trial id. */
export function* readParams({
  where,
  args,
}: Selection): Operation<ReadonlyMap<number, (readonly [string, ParamValue])[]>> {
  const rows = yield sql(
    `SELECT p.trial_id, p.param_name, p.param_value, p.distribution_json
      FROM trials t JOIN trial_params p ON p.trial_id = t.trial_id WHERE ${where} ORDER BY t.trial_id, p.param_id`,
    ...args,
  );
  return byTrial(rows, decodeParam);
}

/** How many parameters the selected trials have, by trial id. */
export function* countParams({ where, args }: Selection): Operation<ReadonlyMap<number, number>> {
  const rows = yield sql(
    `SELECT p.trial_id, COUNT(*) AS params FROM trials t JOIN trial_params p ON p.trial_id = t.trial_id
      WHERE ${where} GROUP BY p.trial_id`,
    ...args,
  );
  return new Map(rows.map((row) => [num(row, 'trial_id'), num(row, 'params')]));
}

export function* readValues({ where, args }: Selection): Operation<ReadonlyMap<number, number[]>> {
  const rows = yield sql(
    `SELECT v.trial_id, v.value, v.value_type
      FROM trials t JOIN trial_values v ON v.trial_id = t.trial_id WHERE ${where} ORDER BY t.trial_id, v.objective`,
    ...args,
  );
  return byTrial(rows, (row) => decodeNumber(numOrNull(row, 'value'), text(row, 'value_type')));
}

/** The objective by step, by trial id. */
export function* readSteps({
  where,
  args,
}: Selection): Operation<ReadonlyMap<number, [step: number, value: number][]>> {
  const rows = yield sql(
    `SELECT i.trial_id, i.step, i.intermediate_value, i.intermediate_value_type
      FROM trials t JOIN trial_intermediate_values i ON i.trial_id = t.trial_id
      WHERE ${where} ORDER BY t.trial_id, i.step`,
    ...args,
  );
  return byTrial(rows, toStep);
}

const NO_CONFIGS: ReadonlyMap<number, ConfigRecord> = new Map();

/**
 * Five queries at most, however many trials there are. In ascending order of id. `configs`: configurations that are known;
 * a trial shares the parameters of its own, where it has no others.
 */
export function* readTrials(
  selection: Selection,
  configs: ReadonlyMap<number, ConfigRecord> = NO_CONFIGS,
): Operation<TrialRecord[]> {
  const { where, args } = selection;
  const trials = yield sql(
    `SELECT t.trial_id, t.number, t.state, h.configuration_id, h.repeat, h.seed, a.value_json AS violations, ${PAUSED_JSON}
      FROM trials t LEFT JOIN hpo_trials h ON h.trial_id = t.trial_id
      LEFT JOIN trial_system_attributes a ON a.trial_id = t.trial_id AND a."key" = '${VIOLATIONS}' WHERE ${where} ORDER BY t.trial_id`,
    ...args,
  );
  if (trials.length === 0) return [];
  const shared = (row: Row) => configs.get(numOrNull(row, 'configuration_id') ?? -1)?.params;
  const counts = yield* countParams(selection);
  const isShared = (row: Row) =>
    Object.keys(shared(row) ?? {}).length === (counts.get(num(row, 'trial_id')) ?? 0);
  const params = trials.every(isShared) ? null : yield* readParams(selection);
  const values = yield* readValues(selection);
  const steps = yield* readSteps(selection);
  return trials.map((row) => {
    const id = num(row, 'trial_id');
    return {
      id,
      number: num(row, 'number'),
      configId: numOrNull(row, 'configuration_id'),
      repeat: numOrNull(row, 'repeat') ?? 0,
      seed: numOrNull(row, 'seed'),
      state: decodeState(text(row, 'state')),
      values: values.get(id) ?? null,
      params: params === null ? (shared(row) ?? {}) : toParams(params.get(id) ?? []),
      steps: new Map(steps.get(id) ?? []),
      violations: toViolations(storedJsonOrNull(row, 'violations')),
      pausedAt: toPausedAt(row),
    };
  });
}

/** Another program may have written anything: an entry that is no number is NaN. */
export function toViolations(list: JsonValue): readonly number[] {
  return Array.isArray(list) ? list.map((each) => (typeof each === 'number' ? each : Number.NaN)) : [];
}

function toStep(row: Row): [step: number, value: number] {
  const value = decodeNumber(numOrNull(row, 'intermediate_value'), text(row, 'intermediate_value_type'));
  return [num(row, 'step'), value];
}

export function* readTrial(studyId: number, trialId: number): Operation<TrialRecord | null> {
  const [trial] = yield* readTrials({ where: 't.study_id = ? AND t.trial_id = ?', args: [studyId, trialId] });
  return trial ?? null;
}

/** Trial numbers have no gaps, so the newest one gives the count. Counting rows would take longer with each trial. */
export function* countTrials(studyId: number): Operation<number> {
  const [row] = yield sql(
    'SELECT number FROM trials WHERE study_id = ? ORDER BY trial_id DESC LIMIT 1',
    studyId,
  );
  return row ? num(row, 'number') + 1 : 0;
}

export function* countExternal(studyId: number): Operation<number> {
  const [row] = yield sql(
    `SELECT (SELECT COUNT(*) FROM trials WHERE study_id = ?)
      - (SELECT COUNT(*) FROM hpo_trials WHERE study_id = ?) AS n`,
    studyId,
    studyId,
  );
  return num(row as Row, 'n');
}

/** A trial that another program made has reports only among Optuna's intermediate values. */
export function* countEpochs(studyId: number): Operation<number> {
  const [row] = yield sql(
    `SELECT (SELECT COUNT(*) FROM (SELECT DISTINCT m.trial_id, m.step FROM trials t
          JOIN hpo_metrics m ON m.trial_id = t.trial_id WHERE t.study_id = ? AND m.step > ${FINAL_STEP}) AS own)
      + (SELECT COUNT(*) FROM trials t JOIN trial_intermediate_values i ON i.trial_id = t.trial_id
          WHERE t.study_id = ? AND NOT EXISTS (SELECT 1 FROM hpo_trials h WHERE h.trial_id = t.trial_id)) AS epochs`,
    studyId,
    studyId,
  );
  const forks = yield sql(
    `SELECT c.attrs_json AS fork_json FROM hpo_configurations c WHERE c.study_id = ? AND c.sampler_index < 0`,
    studyId,
  );
  // What a trial has of its parent is trained once.
  const inherited = forks.reduce((sum, fork) => sum + (toFork(fork)?.steps ?? 0), 0);
  return Math.max(0, num(row as Row, 'epochs') - inherited);
}

/** In the words of the partial index hpo_trials_unfinished, so that the index is used. */
const UNFINISHED = "t.state IN ('RUNNING', 'WAITING')";

export function* unfinished(
  studyId: number,
  state?: 'running' | 'waiting',
): Operation<readonly UnfinishedTrial[]> {
  const where = `t.study_id = ? AND ${UNFINISHED}${state ? ` AND t.state = '${encodeState(state)}'` : ''}`;
  const trials = yield* readTrials({ where, args: [studyId] });
  if (trials.length === 0) return [];
  const attempts = byTrial(
    yield sql(
      `SELECT ${ATTEMPT_COLUMNS} FROM trials t JOIN hpo_attempts a ON a.trial_id = t.trial_id
        WHERE ${where} ORDER BY t.trial_id, a.attempt`,
      studyId,
    ),
    toAttempt,
  );
  const askers = byTrial(
    yield sql(
      `SELECT h.trial_id, h.asker FROM trials t JOIN hpo_trials h ON h.trial_id = t.trial_id
        WHERE ${where} AND h.asker IS NOT NULL`,
      studyId,
    ),
    (row) => text(row, 'asker'),
  );
  const fixed = trials.some((trial) => trial.state === 'waiting') ? yield* readFixed(studyId) : NO_PARAMS;
  return trials.map((trial) => ({
    trial,
    attempt: attempts.get(trial.id)?.at(-1) ?? null,
    asker: askers.get(trial.id)?.[0] ?? null,
    // Parameters that Optuna has stored for a waiting trial are fixed too.
    enqueued: trial.state === 'waiting' ? { ...trial.params, ...fixed.get(trial.id)?.[0] } : null,
  }));
}

const NO_PARAMS: ReadonlyMap<number, PartialParams[]> = new Map();

/** The parameters that waiting trials were enqueued with, by trial id. */
function* readFixed(studyId: number): Operation<ReadonlyMap<number, PartialParams[]>> {
  const rows = yield sql(
    `SELECT t.trial_id, a.value_json FROM trials t JOIN trial_system_attributes a ON a.trial_id = t.trial_id
      WHERE t.study_id = ? AND ${UNFINISHED} AND t.state = 'WAITING' AND a."key" = '${FIXED}'`,
    studyId,
  );
  return byTrial(rows, (row) => storedParams(row, 'value_json'));
}

/** As `owners`, of all studies. */
export function* allOwners(): Operation<readonly string[]> {
  const rows = yield sql(
    `SELECT owner FROM hpo_attempts WHERE finished_at_ms IS NULL
      UNION SELECT h.asker FROM trials t JOIN hpo_trials h ON h.trial_id = t.trial_id
        WHERE ${UNFINISHED} AND h.asker IS NOT NULL
      UNION SELECT owner FROM hpo_drafts WHERE owner IS NOT NULL`,
  );
  return rows.map((row) => text(row, 'owner'));
}

const OWNERS = `SELECT a.owner FROM trials t JOIN hpo_attempts a ON a.trial_id = t.trial_id
        WHERE t.study_id = ? AND ${UNFINISHED} AND a.finished_at_ms IS NULL
      UNION SELECT h.asker FROM trials t JOIN hpo_trials h ON h.trial_id = t.trial_id
        WHERE t.study_id = ? AND ${UNFINISHED} AND h.asker IS NOT NULL
      UNION SELECT owner FROM hpo_drafts WHERE study_id = ? AND owner IS NOT NULL`;

export function* owners(studyId: number): Operation<readonly string[]> {
  const rows = yield sql(`${OWNERS} ORDER BY owner`, studyId, studyId, studyId);
  return rows.map((row) => text(row, 'owner'));
}

/** One statement, since it precedes each ask. */
export function* pending(studyId: number): Operation<Pending> {
  const rows = yield sql(
    `SELECT owner FROM (${OWNERS}) AS known UNION ALL SELECT NULL AS owner WHERE EXISTS (
      SELECT 1 FROM trials t WHERE t.study_id = ? AND ${UNFINISHED} AND t.state = 'WAITING')`,
    ...Array<number>(4).fill(studyId),
  );
  const owners = rows.flatMap((row) => textOrNull(row, 'owner') ?? []);
  return { owners: owners.sort(), isWaiting: owners.length < rows.length };
}
