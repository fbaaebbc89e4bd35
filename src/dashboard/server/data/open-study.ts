import { setImmediate as pause } from 'node:timers/promises';
import type { ResultsModel } from '../../../results/results-model.js';
import type { TrialTable } from '../../../results/trial-table.js';
import { fileAt } from '../../../storage/place.js';
import type { Storage, StudyRecord } from '../../../storage/storage.js';
import type { ReadableStudy } from '../../../study/readable-study.js';
import { StoredFeed } from '../../../summaries/stored-feed.js';

/** Revisions of one server never repeat those of another: each table starts at a later one. */
let newestStart = 0;
function nextStart(nowMs: number): number {
  newestStart = Math.max(newestStart + 1_000, nowMs * 1_000);
  return newestStart;
}

/** A study that somebody looks at, kept up to date by `refresh`. */
export class OpenStudy {
  readonly record: StudyRecord;
  readonly study: ReadableStudy;
  readonly storage: Storage;
  readonly #results: StoredFeed;
  #firstRevision: number;
  #parameterCount: number | null = null;

  constructor(storage: Storage, record: StudyRecord, study: ReadableStudy) {
    this.storage = storage;
    this.record = record;
    this.study = study;
    this.#results = new StoredFeed(storage, { ...study, path: databasePath(storage) });
    this.#firstRevision = nextStart(Date.now());
  }

  get model(): ResultsModel {
    return this.#results.feed.model;
  }

  get table(): TrialTable {
    return this.#results.feed.table;
  }

  /** Of the table, as pages know it. */
  get revision(): number {
    return this.#firstRevision + this.table.revision;
  }

  /** Nothing of the study happened before. */
  get timeBaseMs(): number {
    return this.record.createdAtMs ?? 0;
  }

  /** Whether trials have brought parameters since the first refresh. */
  get hasNewParameters(): boolean {
    return this.table.params.size > (this.#parameterCount ?? 0);
  }

  /** Reads what is new, a page of trials at a time, with other requests in between. `onPage` receives how many are known. */
  async refresh(onPage: (trials: number) => void = () => {}): Promise<void> {
    const { isReset } = await this.#results.update((trials) => {
      onPage(trials);
      return pause();
    });
    this.#results.save();
    if (isReset) this.#firstRevision = nextStart(Date.now());
    this.#parameterCount ??= this.table.params.size;
  }

  /**
   * Numbers of the trials whose columns are not as they were in a revision, ascending; null when the revision is unknown,
   * so that everything is new.
   */
  changedSince(since: number | null): Int32Array | null {
    if (since === null || since < this.#firstRevision || since > this.revision) return null;
    const changed = this.table.changedSince(since - this.#firstRevision);
    if (this.study.spec.repeats < 2) return Int32Array.from(changed);
    // The deviation of a configuration changes with each of its trials.
    const { configurations } = this.table;
    const touched = new Set(changed.map((trial) => configurations.get(trial)));
    const all = new Set(changed);
    for (const [trial, configuration] of configurations.values().entries())
      if (configuration >= 0 && touched.has(configuration)) all.add(trial);
    return Int32Array.from(all).sort();
  }
}

/** Null for a database without a file. */
export function databasePath({ place }: Storage): string | null {
  return fileAt(place);
}
