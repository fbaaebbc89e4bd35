import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ResultsFeed, type ResultsReader } from '../results/results-feed.js';
import type { ResultsStudy } from '../results/results-study.js';
import { packResults, unpackResults } from '../results/stored-results.js';
import { readSummary, writeSummary } from './summary-file.js';

/** Smaller studies are read faster than a summary is worth. */
const LEAST_TRIALS = 2000;
/** A summary is written again when so many trials, or this share of them, have changed since. */
const LEAST_CHANGED = 500;
const CHANGED_SHARE = 0.02;

/** A study whose results may be stored. `path`: the file of its database; null for a database in memory. */
export type SummarizedStudy = ResultsStudy & {
  readonly name: string;
  readonly uid: string | null;
  readonly path: string | null;
};

/** Where summaries are: in the user's cache, so that nothing is written to a database that is only read, or beside it. */
export function summaryFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'hpo', 'summaries');
}

/**
 * A feed that begins with the stored summary of its study, where there is one that fits. A summary is never trusted where
 * it may be stale: the feed compares it with the log of changes, and reads everything when the two differ.
 */
export class StoredFeed {
  readonly feed: ResultsFeed;
  readonly #study: SummarizedStudy;
  readonly #folder: string;
  /** Trials that are new or not as they were in the stored summary. */
  readonly #changed = new Set<number>();
  #restoring: Promise<boolean> | null = null;
  #isStored = false;

  constructor(reader: ResultsReader, study: SummarizedStudy, folder: string = summaryFolder()) {
    this.feed = new ResultsFeed(reader, study);
    this.#study = study;
    this.#folder = folder;
  }

  /** As `ResultsFeed.update`. The first one begins with what is stored. */
  async update(...args: Parameters<ResultsFeed['update']>): ReturnType<ResultsFeed['update']> {
    await this.begin(...args);
    const update = await this.feed.update(...args);
    if (update.isReset) this.#isStored = false;
    for (const number of update.changed) this.#changed.add(number);
    return update;
  }

  /** Begins with the stored summary, unless it has begun. Returns whether there was one that fits. */
  begin(...args: Parameters<ResultsFeed['update']>): Promise<boolean> {
    this.#restoring ??= this.#restore(...args);
    return this.#restoring;
  }

  async #restore(...args: Parameters<ResultsFeed['update']>): Promise<boolean> {
    const bytes = this.#study.path === null ? null : readSummary(this.#folder, keyOf(this.#study));
    const stored = bytes && unpack(bytes, this.#study);
    this.#isStored = stored !== null && (await this.feed.restore(stored, ...args));
    return this.#isStored;
  }

  /** Stores a summary for the next process, when it is worth it. */
  save(): void {
    const trialCount = this.feed.table.length;
    const enough = Math.max(LEAST_CHANGED, CHANGED_SHARE * trialCount);
    if (this.#study.path === null || trialCount < LEAST_TRIALS) return;
    if (this.#isStored && this.#changed.size < enough) return;
    const stored = this.feed.stored();
    if (stored === null) return;
    writeSummary(this.#folder, keyOf(this.#study), packResults(stored, this.#study));
    this.#isStored = true;
    this.#changed.clear();
  }
}

/** Whether there is a summary of a study, which may be stale. */
export function hasSummary(
  study: Pick<SummarizedStudy, 'name' | 'uid' | 'path'>,
  folder = summaryFolder(),
): boolean {
  return study.path !== null && existsSync(join(folder, keyOf(study)));
}

/** By the uid of a study; by its file and its name where it has none, because only Optuna has written to it. */
function keyOf({ uid, path, name }: Pick<SummarizedStudy, 'name' | 'uid' | 'path'>): string {
  if (uid !== null && /^[0-9a-f]{32}$/.test(uid)) return uid;
  return createHash('sha256')
    .update(`${realpathSync(path ?? '')}\n${name}`)
    .digest('hex');
}

function unpack(bytes: Uint8Array, study: SummarizedStudy) {
  try {
    return unpackResults(bytes, study);
  } catch {
    // Whole, but of another version.
    return null;
  }
}
