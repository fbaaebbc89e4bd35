import type { Operation } from '../statement.js';
import type { ResultRow, TrialMetric } from '../storage.js';
import { IDS_PER_QUERY } from './changes.js';
import { readSteps, readValues, type Selection } from './reading.js';
import { metricsIn, readRows } from './rows.js';

export function* results(studyId: number, ids: readonly number[]): Operation<readonly ResultRow[]> {
  const found: ResultRow[] = [];
  for (const selection of selectionsOf(studyId, ids)) found.push(...(yield* readResults(studyId, selection)));
  return found;
}

export function* metricsOf(studyId: number, ids: readonly number[]): Operation<readonly TrialMetric[]> {
  const found: TrialMetric[] = [];
  for (const selection of selectionsOf(studyId, ids))
    found.push(...(yield* metricsIn(selection, 't.trial_id')));
  return found;
}

export function* completeValues(studyId: number): Operation<readonly (readonly number[])[]> {
  const values = yield* readValues({ where: "t.study_id = ? AND t.state = 'COMPLETE'", args: [studyId] });
  return [...values.values()];
}

function* readResults(studyId: number, selection: Selection): Operation<ResultRow[]> {
  const rows = yield* readRows(studyId, selection);
  if (rows.size === 0) return [];
  const steps = yield* readSteps(selection);
  return [...rows].map(([id, row]) => ({
    ...row,
    steps: new Map(steps.get(id) ?? []),
  }));
}

/** A long list is read with fewer queries. */
const MANY_IDS = 250;

/** One range for ids without a gap, else lists of one of two lengths, so that there are three statements to prepare. */
function* selectionsOf(studyId: number, ids: readonly number[]): Generator<Selection> {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const [first, last] = [sorted[0] ?? 0, sorted.at(-1) ?? -1];
  if (last - first + 1 === sorted.length)
    return yield { where: 't.study_id = ? AND t.trial_id BETWEEN ? AND ?', args: [studyId, first, last] };
  const length = sorted.length > IDS_PER_QUERY ? MANY_IDS : IDS_PER_QUERY;
  const places = new Array(length).fill('?').join(', ');
  for (let start = 0; start < sorted.length; start += length) {
    const some = sorted.slice(start, start + length);
    const padding: readonly null[] = new Array(length - some.length).fill(null);
    yield { where: `t.study_id = ? AND t.trial_id IN (${places})`, args: [studyId, ...some, ...padding] };
  }
}
