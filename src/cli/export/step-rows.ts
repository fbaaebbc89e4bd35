import { formatRecord } from '../../loggers/csv/format.js';
import { pagesOf } from '../../loggers/csv/source.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { readStudyResults } from '../read-results.js';
import { studyToRead } from '../studies.js';

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
  for await (const rows of pagesOf(storage, record.id)) {
    const page: StepRow[] = [];
    for (const { number: trial, epochs } of rows) {
      if (epochs === 0) continue;
      const stored = await storage.metrics(record.id, trial);
      for (const { name: metric, step, value } of stored)
        if (step !== null) page.push({ trial, step, metric, value });
      if (stored.length === 0) page.push(...foreign(trial));
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
