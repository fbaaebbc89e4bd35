import { kneeIn } from '../../results/front-knee.js';
import { importanceFor, type ObjectiveImportance } from '../../results/importance.js';
import type { RankedConfiguration, ResultsModel, StateCounts } from '../../results/results-model.js';
import { digestOf, type StudyDigest } from '../../results/study-digest.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { readStudyResults } from '../read-results.js';
import { type ReadableStudy, studyToRead } from '../studies.js';

/** What a summary of a study says. */
export type StudySummaryFacts = {
  readonly study: ReadableStudy;
  /** Another program made the study: its sampler and pruner are unknown. */
  readonly isForeign: boolean;
  readonly counts: StateCounts;
  /** The best configurations, or the Pareto front. */
  readonly top: readonly RankedConfiguration[];
  /** Configurations on the Pareto front; null with one objective. */
  readonly frontSize: number | null;
  /** At the knee of the front; null with one objective, too. */
  readonly knee: RankedConfiguration | null;
  readonly digest: StudyDigest;
  /** Empty where there are too few trials to tell. */
  readonly importance: readonly ObjectiveImportance[];
};

/** Reads what a summary says. `limit`: configurations in its table. */
export async function readSummary(
  storage: Storage,
  record: StudyRecord,
  limit: number,
): Promise<StudySummaryFacts> {
  const study = await studyToRead(storage, record);
  const results = await readStudyResults(storage, study);
  const front = study.spec.objectives.length > 1 ? results.front() : null;
  return {
    study,
    isForeign: record.spec === null,
    counts: results.counts(),
    top: front ? front.slice(0, limit) : results.best(limit),
    frontSize: front?.length ?? null,
    knee: front ? kneeIn(front, study.spec.objectives) : null,
    digest: digestOf(results.table, study.spec),
    importance: importanceIfEnough(study, results),
  };
}

/** Without objectives for which the order would be chance. */
function importanceIfEnough(study: ReadableStudy, results: ResultsModel): readonly ObjectiveImportance[] {
  return study.spec.objectives.flatMap((_, k) => {
    const found = importanceFor(results, k);
    return found === null || found.tooFew || found.constant !== null ? [] : [found];
  });
}
