import type { JsonValue } from '../../core/trial.js';
import type { ObjectiveChange, Recomputed, StoredSeries, StudyChange } from '../storage.js';
import { Series } from './series.js';
import { replaceSpec } from './studies.js';
import { type Study, studyOf, type Tables, type Trial } from './tables.js';

/** @throws HpoError storage.no-study */
export function updateStudy(
  tables: Tables,
  studyId: number,
  spec: JsonValue,
  change: StudyChange = {},
): Recomputed | null {
  const study = studyOf(tables, studyId);
  const { objectives } = change;
  if (objectives) changeMetrics(study, objectives);
  replaceSpec(tables, study, spec, change);
  const recomputed = objectives ? replaceValues(study, objectives) : null;
  if (recomputed) for (const trial of study.trials) tables.noteChange(trial);
  return recomputed;
}

/** Stores the old objectives as metrics, and reads the steps of the first objective from its new metric. */
function changeMetrics(study: Study, change: ObjectiveChange): void {
  const [first] = change.now;
  for (const name of change.before) study.metricNames.add(name);
  for (const trial of study.trials) keepObjectives(trial, change.before);
  if (first !== undefined && first !== change.before[0])
    for (const trial of study.trials) trial.objective = stepsOf(trial.metrics.get(first));
}

/** Stores values that are known only as objectives as metrics too, so that a change loses no number. */
function keepObjectives(trial: Trial, before: readonly string[]): void {
  if (trial.attempt !== null) return;
  for (const [k, name] of before.entries()) {
    const value = trial.state === 'complete' ? trial.values?.[k] : undefined;
    const series = trial.metrics.get(name) ?? new Series();
    if (value === undefined || series.final !== null) continue;
    series.set(null, value);
    trial.metrics.set(name, series);
  }
}

function stepsOf(series: Series | undefined): Series {
  const steps = new Series();
  for (const [step, value] of series?.steps() ?? []) steps.set(step, value);
  return steps;
}

function replaceValues({ trials }: Study, { now, values }: ObjectiveChange): Recomputed {
  const finished = trials.filter(({ state }) => state === 'complete' || state === 'pruned');
  const without = now.map(() => 0);
  for (const trial of finished) {
    const state = trial.state === 'pruned' ? 'pruned' : 'complete';
    const stored = now.map((metric) => toStored(trial.metrics.get(metric)));
    const computed = values({ state, withoutAttempt: trial.attempt === null }, stored);
    for (const [k, value] of computed.entries()) if (value === null) without[k] = (without[k] as number) + 1;
    trial.values = computed.some((value) => value === null)
      ? null
      : Object.freeze(computed.map((value) => (value as number) + 0));
  }
  return { trials: finished.length, without };
}

function toStored(series: Series | undefined): StoredSeries {
  return { steps: new Map(series?.steps() ?? []), final: series?.final ?? null };
}
