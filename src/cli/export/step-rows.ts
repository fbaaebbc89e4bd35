import { formatRecord } from '../../loggers/csv/format.js';
import type { Storage, StudyRecord, TrialMetric } from '../../storage/storage.js';
import { readStudyResults } from '../read-results.js';
import { studyToRead } from '../studies.js';

/** Trials that one read is about. */
const PAGE = 1000;

export type StepRow = {
  readonly trial: number;
  readonly step: number;
  readonly metric: string;
  readonly value: number;
};

/**
 * Yields every step of every metric, page by page: in order of trial, metric and step. A value without a step is in the table of
 * trials. Trials of other programs have the steps that Optuna keeps, those of the first objective.
 */
export async function* stepRows(storage: Storage, record: StudyRecord): AsyncGenerator<readonly StepRow[]> {
  const foreign = await foreignSteps(storage, record);
  const { trials } = await storage.count(record.id, ['trials']);
  for (let from = 0; from < trials; from += PAGE) {
    const stored = await storage.metricsFrom(record.id, from, PAGE);
    const page: StepRow[] = [];
    let at = 0;
    for (let trial = from; trial < Math.min(trials, from + PAGE); trial++) {
      const first = at;
      for (; at < stored.length && stored[at]?.trial === trial; at++) {
        const { name: metric, step, value } = stored[at] as TrialMetric;
        if (step !== null) page.push({ trial, step, metric, value });
      }
      if (at === first) page.push(...foreign(trial));
    }
    if (page.length > 0) yield page;
  }
}

async function foreignSteps(storage: Storage, record: StudyRecord): Promise<(trial: number) => StepRow[]> {
  const { external } = await storage.count(record.id, ['external']);
  if (external === 0) return () => [];
  const study = await studyToRead(storage, record);
  const { curves } = await readStudyResults(storage, study);
  const metric = study.spec.objectives[0]?.metric ?? 'objective';
  return (trial) => {
    const curve = curves.get(trial);
    if (!curve) return [];
    return [...curve.steps].map((step, k) => ({ trial, step, metric, value: curve.values[k] ?? Number.NaN }));
  };
}

/** Yields the steps as a table with a header: `trial,step,metric,value`. */
export async function* stepsCsv(
  storage: Storage,
  record: StudyRecord,
  escapeFormulas: boolean,
): AsyncGenerator<string> {
  yield formatRecord(['trial', 'step', 'metric', 'value']);
  for await (const rows of stepRows(storage, record))
    yield rows
      .map(({ trial, step, metric, value }) => formatRecord([trial, step, metric, value], escapeFormulas))
      .join('');
}
