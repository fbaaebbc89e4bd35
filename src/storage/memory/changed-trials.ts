import type { ResultRow, StampSums, TrialChanges } from '../storage.js';
import { toRow } from './rows.js';
import type { Study, Tables, Trial } from './tables.js';

const LOW = 2 ** 21;

export function changedTrials(
  tables: Tables,
  studyId: number,
  since: string | null,
  limit: number,
): TrialChanges {
  const study = tables.studies.get(studyId);
  if (!study) return { study: null, mark: since ?? '0', isAll: true, trials: [] };
  const found: Trial[] = [];
  for (let at = placeOf(study, Number(since ?? 0)); at < study.log.length && found.length < limit; at++) {
    const { trial, revision } = study.log[at] as Study['log'][number];
    if (trial.revision === revision) found.push(trial);
  }
  const last = found.at(-1)?.revision ?? Number(since ?? 0);
  return {
    study: study.uid,
    mark: String(last),
    isAll: found.length < limit,
    trials: found.map(({ id, number, revision }) => ({ id, number, stamp: revision })),
  };
}

/** The first place of the log with at least this revision. */
function placeOf({ log }: Study, revision: number): number {
  let [low, high] = [0, log.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log[middle] as Study['log'][number]).revision < revision) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function stampsBefore(tables: Tables, studyId: number, mark: string): StampSums {
  const before = (tables.studies.get(studyId)?.trials ?? []).filter((trial) => trial.revision < Number(mark));
  return {
    count: before.length,
    low: before.reduce((sum, { revision }) => sum + (revision % LOW), 0),
    high: before.reduce((sum, { revision }) => sum + Math.floor(revision / LOW), 0),
  };
}

export function completeValues(tables: Tables, studyId: number): readonly (readonly number[])[] {
  const trials = tables.studies.get(studyId)?.trials ?? [];
  return trials.flatMap(({ state, values }) => (state === 'complete' && values !== null ? [values] : []));
}

export function results(tables: Tables, studyId: number, ids: readonly number[]): readonly ResultRow[] {
  return [...new Set(ids)]
    .sort((a, b) => a - b)
    .flatMap((id) => tables.trials.get(id) ?? [])
    .filter(({ study }) => study.id === studyId)
    .map((trial) => ({
      ...toRow(trial),
      steps: new Map(trial.objective.steps()),
    }));
}
