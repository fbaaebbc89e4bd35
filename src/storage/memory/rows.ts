import type { Params } from '../../core/distribution.js';
import { forkOf } from '../../core/fork.js';
import { isFinished } from '../../core/trial.js';
import { timesOf } from '../attempt-times.js';
import type { Columns, StoredMetric, TrialMetric, TrialRow } from '../storage.js';
import type { Tables, Trial } from './tables.js';

export function rows(
  tables: Tables,
  studyId: number,
  fromNumber: number,
  limit: number,
): readonly TrialRow[] {
  const trials = tables.studies.get(studyId)?.trials ?? [];
  return trials.slice(Math.max(0, fromNumber), Math.max(0, fromNumber + limit)).map(toRow);
}

/** While a trial is unfinished, its newest attempt says why it ended, if it did. */
export function toRow(trial: Trial): TrialRow {
  const { state, attempt, config, metrics } = trial;
  const ended = isFinished(state) ? trial : attempt;
  const fork = config && forkOf(config.record.attrs);
  const isEnded = attempt !== null && attempt.finishedAtMs !== null;
  return {
    id: trial.id,
    number: trial.number,
    configuration: config?.record.number ?? null,
    attempt: attempt?.attempt ?? 0,
    state,
    // A running trial that never had an attempt is run by its asker, so it is not queued.
    queued: state === 'waiting' || (state === 'running' && isEnded && trial.pausedAt === null),
    pausedAt: trial.pausedAt,
    seed: trial.seed,
    device: attempt?.device ?? null,
    handle: attempt?.handle ?? null,
    values: trial.values,
    violations: trial.violations,
    params: state === 'waiting' ? (trial.fixed as Params) : trial.params,
    forced: config?.record.forced ?? {},
    metrics: Object.fromEntries(sorted(metrics).map(([name, series]) => [name, series.last()])),
    epochs: ownEpochs(trial),
    parent: fork && { trial: fork.parent, step: fork.fromStep },
    gpuUse: trial.gpuUse,
    note: trial.note,
    tags: trial.tags,
    hidden: trial.hidden,
    startedAtMs: trial.startedAtMs,
    finishedAtMs: trial.finishedAtMs,
    ...timesOf(trial.attempts, trial),
    exitCode: ended?.exitCode ?? null,
    reason: ended?.reason ?? null,
    cause: attempt?.cause ?? null,
  };
}

/** Distinct steps, whatever the metric, without those of its parent. */
export function ownEpochs({ metrics, config }: Pick<Trial, 'metrics' | 'config'>): number {
  const fork = config && forkOf(config.record.attrs);
  return Math.max(0, epochsOf(metrics) - (fork?.steps ?? 0));
}

function epochsOf(metrics: Trial['metrics']): number {
  return new Set([...metrics.values()].flatMap((series) => [...series.steps().keys()])).size;
}

export function columns(tables: Tables, studyId: number): Columns {
  const study = tables.studies.get(studyId);
  return {
    metrics: [...(study?.metricNames ?? [])].sort(),
    gpuUse: study?.trials.some(({ gpuUse }) => gpuUse !== null) ?? false,
    annotated: study?.trials.some(({ note, tags }) => note !== null || tags.length > 0) ?? false,
    forked:
      study?.trials.some(({ config }) => config !== null && forkOf(config.record.attrs) !== null) ?? false,
  };
}

/** Sorted by name; of each name the final value comes first. */
export function metrics(tables: Tables, studyId: number, number: number): readonly StoredMetric[] {
  const trial = tables.studies.get(studyId)?.trials[number];
  if (!trial) return [];
  return sorted(trial.metrics).flatMap(([name, series]) => {
    const steps: StoredMetric[] = [...series.steps()].map(([step, value]) => ({ name, step, value }));
    return series.final === null ? steps : [{ name, step: null, value: series.final }, ...steps];
  });
}

function sorted<T>(byName: ReadonlyMap<string, T>): [string, T][] {
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function metricsFrom(
  tables: Tables,
  studyId: number,
  fromNumber: number,
  limit: number,
): readonly TrialMetric[] {
  const trials = tables.studies.get(studyId)?.trials.slice(fromNumber, fromNumber + limit) ?? [];
  return trials.flatMap(({ number: trial }) =>
    metrics(tables, studyId, trial).map((each) => ({ ...each, trial })),
  );
}

export function metricsOf(tables: Tables, studyId: number, ids: readonly number[]): readonly TrialMetric[] {
  const study = tables.studies.get(studyId);
  const numbers = [...new Set(ids)].flatMap((id) => {
    const number = tables.trials.get(id)?.number;
    return number !== undefined && study?.trials[number]?.id === id ? [number] : [];
  });
  return numbers
    .sort((a, b) => a - b)
    .flatMap((trial) => metrics(tables, studyId, trial).map((each) => ({ ...each, trial })));
}
