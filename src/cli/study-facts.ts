import { HpoError } from '../core/errors.js';
import { PROVENANCE_ATTRIBUTE, type Provenance, parseProvenance } from '../core/provenance.js';
import { numberText } from '../loggers/event-messages.js';
import type { Savings } from '../results/savings.js';
import { savingsIn } from '../results/study-digest.js';
import { readStudyState, type StudyState } from '../results/study-state.js';
import type { Storage, StudySummary } from '../storage/storage.js';
import { readStudyResults } from './read-results.js';
import { studyToRead } from './studies.js';

/** How a study stands, beside its counts. */
export type StudyFacts = {
  readonly state: StudyState;
  /** The value of the best feasible configuration; null without one, and with several objectives. */
  readonly best: number | null;
  /** Configurations on the Pareto front; null with one objective. */
  readonly front: number | null;
  readonly lastActivityAtMs: number | null;
};

/** Reads how a study stands. `activity`: of all studies, as the storage gives it. */
export async function readStudyFacts(
  storage: Storage,
  study: StudySummary,
  activity: ReadonlyMap<number, number>,
): Promise<StudyFacts> {
  const results = await resultsOf(storage, study);
  return {
    state: await readStudyState(storage, study),
    ...results,
    lastActivityAtMs: activity.get(study.id) ?? null,
  };
}

/** A study that no results can be read of has none: the list of studies is about more than its results. */
async function resultsOf(storage: Storage, study: StudySummary): Promise<Pick<StudyFacts, 'best' | 'front'>> {
  if (study.counts.complete === 0) return { best: null, front: null };
  try {
    const model = await readStudyResults(storage, await studyToRead(storage, study));
    if (study.directions.length > 1) return { best: null, front: model.front().length };
    const [first] = model.best(1);
    return { best: first?.feasible ? (first.values[0] ?? null) : null, front: null };
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    return { best: null, front: null };
  }
}

/** Reads what pausing and pruning saved in a study; null where no results can be read of it. */
export async function readSavings(storage: Storage, study: StudySummary): Promise<Savings | null> {
  try {
    const readable = await studyToRead(storage, study);
    return savingsIn((await readStudyResults(storage, readable)).table, readable.spec);
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    return null;
  }
}

/** Returns the best value as a table shows it. */
export function bestText({ best, front }: StudyFacts): string {
  if (front !== null) return `front of ${front}`;
  return best === null ? '' : numberText(best);
}

/** Reads where the sweeps of a study came from, the oldest first. */
export async function readProvenance(
  storage: Pick<Storage, 'readAttributes'>,
  studyId: number,
): Promise<readonly Provenance[]> {
  return parseProvenance((await storage.readAttributes(studyId))[PROVENANCE_ATTRIBUTE]);
}

/** Returns the provenance of a sweep in words, for people. */
export function describeProvenance({
  atMs,
  host,
  hpo,
  node,
  git,
  script,
}: Provenance): Record<string, string> {
  const state = git?.dirty === null ? ' (state unknown)' : git?.dirty ? ' (dirty)' : '';
  return {
    since: isoTime(atMs) ?? 'unknown',
    'git commit': git ? `${git.commit}${state}` : 'none',
    script: script?.file ?? 'none',
    ...(script && { 'script sha256': script.sha256 }),
    host: host ?? 'unknown',
    versions: `hpo ${hpo ?? '?'}, node ${node ?? '?'}`,
  };
}

/** Returns a time in UTC; null for no time, and for a number that is none. */
export function isoTime(atMs: number | null): string | null {
  const time = new Date(atMs ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
