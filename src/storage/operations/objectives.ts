import type { JsonValue } from '../../core/trial.js';
import { byTrial, decodeNumber, encodeNumber } from '../codec.js';
import { num, numOrNull, type Operation, type Row, sql, text } from '../statement.js';
import type { ObjectiveChange, Recomputed, StoredSeries, StudyChange } from '../storage.js';
import { lockStudy } from './locks.js';
import { FINAL_STEP } from './records.js';
import { replaceSpec } from './studies.js';

export function* updateStudy(
  studyId: number,
  spec: JsonValue,
  change: StudyChange = {},
): Operation<Recomputed | null> {
  const { objectives } = change;
  yield lockStudy('study', studyId);
  if (objectives) yield* keepObjectives(studyId, objectives.before);
  yield* replaceSpec(studyId, spec, change);
  return objectives ? yield* changeObjectives(studyId, objectives) : null;
}

/** Computes every objective again from the stored values of its metric. */
function* changeObjectives(studyId: number, change: ObjectiveChange): Operation<Recomputed> {
  const [first] = change.now;
  if (first !== undefined && first !== change.before[0]) yield* replaceSteps(studyId, first);
  return yield* replaceValues(studyId, change);
}

/** Trials `t` that their askers, another program or an import finished: no attempt shows where their values come from. */
const WITHOUT_ATTEMPT = 'NOT EXISTS (SELECT 1 FROM hpo_attempts a WHERE a.trial_id = t.trial_id)';

/** Trials `t` of another program, whose reports are Optuna's intermediate values alone. */
const FOREIGN = 'NOT EXISTS (SELECT 1 FROM hpo_trials h WHERE h.trial_id = t.trial_id)';

/** Stores values that are known only as objectives as metrics too, so that a change loses no number. */
function* keepObjectives(studyId: number, before: readonly string[]): Operation<void> {
  for (const [objective, name] of before.entries()) {
    const metricId = yield* metricIdIn(studyId, name);
    const missing = `NOT EXISTS (SELECT 1 FROM hpo_metrics m
      WHERE m.trial_id = t.trial_id AND m.metric_id = ? AND m.step = ${FINAL_STEP})`;
    if (objective === 0)
      yield sql(
        `INSERT INTO hpo_metrics (trial_id, metric_id, step, value, value_type)
          SELECT t.trial_id, ?, i.step, i.intermediate_value, i.intermediate_value_type
          FROM trials t JOIN trial_intermediate_values i ON i.trial_id = t.trial_id
          WHERE t.study_id = ? AND i.step >= 0 AND ${FOREIGN} AND NOT EXISTS (SELECT 1 FROM hpo_metrics m
            WHERE m.trial_id = t.trial_id AND m.metric_id = ? AND m.step > ${FINAL_STEP})`,
        metricId,
        studyId,
        metricId,
      );
    yield sql(
      `INSERT INTO hpo_metrics (trial_id, metric_id, step, value, value_type)
        SELECT t.trial_id, ?, ${FINAL_STEP}, v.value, v.value_type
        FROM trials t JOIN trial_values v ON v.trial_id = t.trial_id AND v.objective = ?
        WHERE t.study_id = ? AND t.state = 'COMPLETE' AND ${WITHOUT_ATTEMPT} AND ${missing}`,
      metricId,
      objective,
      studyId,
      metricId,
    );
  }
}

function* metricIdIn(studyId: number, name: string): Operation<number> {
  yield sql(
    'INSERT INTO hpo_metric_names (study_id, name) VALUES (?, ?) ON CONFLICT (study_id, name) DO NOTHING',
    studyId,
    name,
  );
  const [row] = yield sql(
    'SELECT metric_id FROM hpo_metric_names WHERE study_id = ? AND name = ?',
    studyId,
    name,
  );
  return num(row as Row, 'metric_id');
}

/** Optuna's intermediate values are the steps of the first objective. */
function* replaceSteps(studyId: number, metric: string): Operation<void> {
  yield sql(
    'DELETE FROM trial_intermediate_values WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)',
    studyId,
  );
  yield sql(
    `INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type)
      SELECT m.trial_id, m.step, m.value, m.value_type /* :: trialintermediatevaluetype */ FROM trials t
      JOIN hpo_metrics m ON m.trial_id = t.trial_id
      JOIN hpo_metric_names n ON n.metric_id = m.metric_id AND n.study_id = t.study_id AND n.name = ?
      WHERE t.study_id = ? AND m.step > ${FINAL_STEP} ORDER BY m.trial_id, m.step`,
    metric,
    studyId,
  );
}

function* replaceValues(studyId: number, { now, values }: ObjectiveChange): Operation<Recomputed> {
  const trials = yield sql(
    `SELECT t.trial_id, t.state, ${WITHOUT_ATTEMPT} AS without_attempt FROM trials t
      WHERE t.study_id = ? AND t.state IN ('COMPLETE', 'PRUNED') ORDER BY t.trial_id`,
    studyId,
  );
  const stored: ReadonlyMap<number, StoredSeries>[] = [];
  for (const metric of now) stored.push(yield* seriesOf(studyId, metric));
  const without = now.map(() => 0);
  for (const trial of trials) {
    const id = num(trial, 'trial_id');
    const computed = values(
      {
        state: trial.state === 'PRUNED' ? 'pruned' : 'complete',
        withoutAttempt: num(trial, 'without_attempt') !== 0,
      },
      stored.map((series) => series.get(id) ?? NOTHING),
    );
    for (const [k, value] of computed.entries()) if (value === null) without[k] = (without[k] as number) + 1;
    yield sql('DELETE FROM trial_values WHERE trial_id = ?', id);
    // Optuna cannot load a trial that has a value for one objective and none for another.
    if (computed.some((value) => value === null)) continue;
    for (const [objective, value] of computed.entries()) {
      const number = encodeNumber(value as number);
      yield sql(
        'INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, ?, ?, ?)',
        id,
        objective,
        number.value,
        number.type,
      );
    }
  }
  return { trials: trials.length, without };
}

const NOTHING: StoredSeries = { steps: new Map(), final: null };

/** All stored values of a metric, by trial id. */
function* seriesOf(studyId: number, metric: string): Operation<ReadonlyMap<number, StoredSeries>> {
  const points = byTrial(
    yield sql(
      `SELECT m.trial_id, m.step, m.value, m.value_type FROM trials t JOIN hpo_metrics m ON m.trial_id = t.trial_id
        JOIN hpo_metric_names n ON n.metric_id = m.metric_id AND n.study_id = t.study_id AND n.name = ?
        WHERE t.study_id = ? ORDER BY m.trial_id, m.step`,
      metric,
      studyId,
    ),
    (row): [number, number] => [
      num(row, 'step'),
      decodeNumber(numOrNull(row, 'value'), text(row, 'value_type')),
    ],
  );
  return new Map(
    [...points].map(([id, values]) => {
      const steps = new Map(values);
      const final = steps.get(FINAL_STEP) ?? null;
      steps.delete(FINAL_STEP);
      return [id, { steps, final }];
    }),
  );
}
