import type { ParamValue } from '../../../core/distribution.js';
import type { ContinuationInfo, TrialInfo } from '../../protocol.js';
import { paramsOf } from '../actions/params.js';
import { pausedAt } from '../store/state-text.js';
import type { StudyStore } from '../store/study-store.js';
import { endOf } from '../store/times.js';

/** Returns what the columns know of a trial: all that a large report has. */
export function trialFromColumns(store: StudyStore, number: number): TrialInfo {
  const { columns } = store;
  const info = store.info.peek();
  const configuration = columns.values('configuration')[number] ?? -1;
  const configurations = columns.values('configuration');
  const repeats: number[] = [];
  if (configuration >= 0)
    for (let k = 0; k < columns.total; k++) if (configurations[k] === configuration) repeats.push(k);
  const values = info?.objectives.map((_, k) => columns.objective(number, k)) ?? [];
  const [start, end] = [columns.values('start')[number], endOf(columns, number)];
  const at = (ms: number | undefined) =>
    ms === undefined || Number.isNaN(ms) ? null : columns.timeBaseMs + ms;
  const feasible = columns.values('feasible')[number];
  const tags = columns.columns.get('tags');
  const tagSet = tags?.dictionary?.[(tags.values[number] ?? 0) - 1];
  return {
    number,
    state: columns.state(number),
    pausedAt: pausedAt(columns, number),
    feasible: feasible === 1 ? true : feasible === 2 ? false : null,
    values: values.some(Number.isNaN) ? null : values,
    params: paramsOf(store, number) as Record<string, ParamValue>,
    seed: null,
    configuration: configuration < 0 ? null : configuration,
    ...lineageOf(store, number),
    repeats,
    metrics: curveMetric(store, number),
    attempts: [
      {
        attempt: columns.values('attempts')[number] ?? 1,
        targetStep: null,
        startedAtMs: at(start),
        finishedAtMs: at(end),
        exitCode: null,
        reason: columns.text('reason', number),
        lastWords: null,
        device: columns.text('device', number),
        machine: null,
        job: null,
        hasLog: false,
      },
    ],
    gpuUse: null,
    reason: columns.text('reason', number),
    note: null,
    tags: Array.isArray(tagSet) ? (tagSet as string[]) : [],
    hidden: columns.values('hidden')[number] === 1,
    command: null,
    folder: null,
    checkpoints: [],
  };
}

function lineageOf({ columns }: StudyStore, number: number): Pick<TrialInfo, 'parent' | 'children'> {
  const [parents, steps] = [columns.values('parent'), columns.values('parentStep')];
  const own = parents[number] ?? -1;
  const children: ContinuationInfo[] = [];
  for (let trial = 0; trial < parents.length; trial++)
    if (parents[trial] === number) children.push({ trial, step: steps[trial] ?? Number.NaN });
  return { parent: own < 0 ? null : { trial: own, step: steps[number] ?? Number.NaN }, children };
}

function curveMetric(store: StudyStore, number: number): TrialInfo['metrics'] {
  const curves = store.curves.peek();
  const c = curves?.curveOf[number] ?? -1;
  if (!curves || c < 0) return [];
  const [from, to] = [curves.offsets[c] as number, curves.offsets[c + 1] as number];
  const values = [...curves.values.subarray(from, to)];
  return [{ name: curves.metric, steps: [...curves.steps.subarray(from, to)], values, final: null }];
}
