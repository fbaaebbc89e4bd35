import type { Operation } from '../statement.js';
import type { ResultRow } from '../storage.js';
import { IDS_PER_QUERY } from './changes.js';
import { readSteps, type Selection } from './reading.js';
import { readRows } from './rows.js';

export function* results(studyId: number, ids: readonly number[]): Operation<readonly ResultRow[]> {
  const found: ResultRow[] = [];
  for (const selection of selectionsOf(studyId, ids)) found.push(...(yield* readResults(studyId, selection)));
  return found;
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

/** One range for ids without a gap, else lists of a fixed length, so that there are two statements to prepare. */
function* selectionsOf(studyId: number, ids: readonly number[]): Generator<Selection> {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const [first, last] = [sorted[0] ?? 0, sorted.at(-1) ?? -1];
  if (last - first + 1 === sorted.length)
    return yield { where: 't.study_id = ? AND t.trial_id BETWEEN ? AND ?', args: [studyId, first, last] };
  for (let start = 0; start < sorted.length; start += IDS_PER_QUERY) {
    const some = sorted.slice(start, start + IDS_PER_QUERY);
    const padding: readonly null[] = new Array(IDS_PER_QUERY - some.length).fill(null);
    const places = new Array(IDS_PER_QUERY).fill('?').join(', ');
    yield { where: `t.study_id = ? AND t.trial_id IN (${places})`, args: [studyId, ...some, ...padding] };
  }
}
