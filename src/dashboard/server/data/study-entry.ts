import type { BestHistory } from '../../../results/best-history.js';
import type { StateCounts } from '../../../results/results-model.js';
import { readStudyState } from '../../../results/study-state.js';
import type { StudySummary } from '../../../storage/storage.js';
import type { StudyListEntry } from '../../protocol.js';
import type { OpenStudy } from './open-study.js';

const SPARKLINE_PLACES = 40;

/** A study as the list of studies shows it. */
export async function studyEntry({
  record,
  study,
  table,
  model,
  storage,
}: OpenStudy): Promise<StudyListEntry> {
  const counts = model.counts();
  const { objectives } = study.spec;
  const [best] = objectives.length === 1 ? model.best(1) : [];
  const [history] = model.histories;
  const lastMs = latest(table.startedAtMs.values(), table.finishedAtMs.values());
  return {
    name: record.name,
    source: record.spec === null ? 'optuna' : 'hpo',
    state: await readStudyState(storage, { id: record.id, counts: asStored(counts) }),
    objectives: objectives.map(({ metric, direction }) => ({ metric, direction })),
    best: best?.feasible ? best.values : null,
    counts,
    trialCount: table.length,
    lastActivityMs: lastMs,
    sparkline: history ? sparkline(history) : [],
    broken: null,
  };
}

/** In the database, a trial between two attempts is running, and so is a paused one. */
export function asStored({ queued, paused, ...counts }: StateCounts) {
  return { ...counts, running: counts.running + queued + paused };
}

/** A study whose rows cannot be read. */
export function brokenEntry({ name, spec, counts }: StudySummary, why: string): StudyListEntry {
  return {
    name,
    source: spec === null ? 'optuna' : 'hpo',
    state: 'open',
    objectives: [],
    best: null,
    counts: { ...counts, queued: 0, paused: 0 },
    trialCount: Object.values(counts).reduce((sum, count) => sum + count, 0),
    lastActivityMs: null,
    sparkline: [],
    broken: why,
  };
}

/** The running best at evenly spaced trials, the last one included. */
function sparkline(history: BestHistory): number[] {
  const best = history.best();
  const first = best.findIndex((value) => !Number.isNaN(value));
  if (first < 0) return [];
  const places = Math.min(SPARKLINE_PLACES, best.length - first);
  const step = places > 1 ? (best.length - 1 - first) / (places - 1) : 0;
  return Array.from({ length: places }, (_, k) => best[first + Math.round(k * step)] as number);
}

function latest(...columns: readonly Float64Array[]): number | null {
  let last = Number.NEGATIVE_INFINITY;
  for (const column of columns)
    for (let k = 0; k < column.length; k++) if ((column[k] as number) > last) last = column[k] as number;
  return last === Number.NEGATIVE_INFINITY ? null : last;
}
