import { knownTrials } from '../results/known-trials.js';
import type { ResultsStudy } from '../results/results-study.js';
import { type SavingsSummary, summaryOf } from '../results/savings.js';
import { type Stopping, savingsIn } from '../results/study-digest.js';
import type { Storage } from '../storage/storage.js';
import type { KnownTrialsSource } from '../study/view.js';
import type { StoredFeed } from '../summaries/stored-feed.js';
import { openResults } from './read-results.js';

type OpenedStudy = ResultsStudy & {
  readonly name: string;
  beginWith(known: KnownTrialsSource): void;
};

/**
 * Returns the results of a study that is opened to run trials, and lets its views begin with them, where they are stored or
 * have been read. Otherwise a view reads what it needs, which is less.
 */
export async function beginWithResults(storage: Storage, study: OpenedStudy): Promise<StoredFeed> {
  const { id, name, seed, space, spec } = study;
  const uid = (await storage.findStudy(name))?.uid ?? null;
  const results = openResults(storage, { id, name, seed, space, spec, uid });
  study.beginWith(async () => {
    if (!(await results.begin()) && results.feed.table.length === 0) return null;
    await results.update();
    return knownTrials(results.feed);
  });
  return results;
}

/** Reads what a study has saved, for the last event of a sweep. */
export async function countSavings(results: StoredFeed, spec: Stopping): Promise<SavingsSummary> {
  await results.update();
  return summaryOf(savingsIn(results.feed.table, spec));
}
