import type { ResultsModel } from '../results/results-model.js';
import type { ResultsStudy } from '../results/results-study.js';
import { fileAt } from '../storage/place.js';
import type { Storage } from '../storage/storage.js';
import { StoredFeed } from '../summaries/stored-feed.js';
import type { ReadableStudy } from './studies.js';

/** Returns the results of a study. Those of a large one begin with its stored summary, which is kept up to date. */
export async function readStudyResults(storage: Storage, study: ReadableStudy): Promise<ResultsModel> {
  const results = openResults(storage, study);
  await results.update();
  results.save();
  return results.feed.model;
}

/** Returns a feed of the results of a study, which begins with its stored summary. */
export function openResults(
  storage: Storage,
  study: ResultsStudy & { readonly name: string; readonly uid: string | null },
): StoredFeed {
  return new StoredFeed(storage, { ...study, path: fileAt(storage.place) });
}
