import { floatColumn } from './column.js';
import { ResultsModel } from './results-model.js';
import type { ResultsStudy } from './results-study.js';
import type { StoredResults } from './stored-results.js';
import { type ResultRow, TrialTable } from './trial-table.js';

/** What results read of a storage. */
export type ResultsReader = {
  /** Differs from its last answer whenever anyone has written since. */
  changeToken(): Promise<string>;
  changedTrials(
    studyId: number,
    since: string | null,
    limit: number,
  ): Promise<{
    readonly study: string | null;
    readonly mark: string;
    readonly isAll: boolean;
    readonly trials: readonly { readonly id: number; readonly number: number; readonly stamp: number }[];
  }>;
  stampsBefore(
    studyId: number,
    mark: string,
  ): Promise<{ readonly count: number; readonly low: number; readonly high: number }>;
  results(studyId: number, ids: readonly number[]): Promise<readonly ResultRow[]>;
};

/** What an update has changed. */
export type FeedUpdate = {
  /** Of the table, now. */
  readonly revision: number;
  /** Numbers of the trials that are new or not as they were, ascending. */
  readonly changed: readonly number[];
  /** The study was deleted, or another one took its id: the model is a new one, and everything in it is new. */
  readonly isReset: boolean;
};

/** Called after each page with the number of trials that are in the model so far. It may wait, to let others run. */
export type AfterPage = (trials: number) => Promise<void>;

/** Trials that are read in one transaction: a few milliseconds each. */
const PAGE = 500;
/** Stored trials that a model takes at once: some milliseconds each. */
const RESTORED_PER_PAGE = 10_000;

/**
 * Keeps the results of one study up to date with what any program writes to it. An update reads the trials that changed,
 * a page at a time, and nothing when nobody has written.
 */
export class ResultsFeed {
  readonly #reader: ResultsReader;
  readonly #study: ResultsStudy;
  #table: TrialTable;
  /** Made when somebody asks for it: what only reads trials needs no configurations. */
  #model: ResultsModel | null = null;
  #token: string | null = null;
  /** Which study the model is of, and up to where it was read. */
  #source: { readonly study: string | null; readonly mark: string | null } = NOTHING_READ;
  /** By trial number: the stamp of the last change that is in the model. */
  #stamps = floatColumn();
  /** By trial number: the id in the database. */
  #ids = floatColumn();
  #reading: Promise<unknown> = Promise.resolve();

  constructor(reader: ResultsReader, study: ResultsStudy) {
    this.#reader = reader;
    this.#study = study;
    this.#table = new TrialTable(study);
  }

  /** As of the last update. Another one after an update that says `isReset`. */
  get model(): ResultsModel {
    this.#model ??= ResultsModel.of(this.#study, this.#table);
    return this.#model;
  }

  get table(): TrialTable {
    return this.#table;
  }

  /** By trial number; NaN for a number that no trial has. */
  get ids(): Float64Array {
    return this.#ids.values();
  }

  /**
   * Begins with results that were stored, unless they are not those of this study at their mark. Returns whether it does.
   * Only an update brings them up to date. It is the first call to a feed.
   */
  async restore(stored: StoredResults, afterPage: AfterPage | null = null): Promise<boolean> {
    const { source, table, stamps, ids } = stored;
    await afterPage?.(0);
    const isOfThis = await isUnchanged(this.#reader, this.#study.id, stored);
    if (!isOfThis) return false;
    table.continueRevisions();
    this.#table = table;
    this.#model = afterPage === null ? null : await modelInPages(this.#study, table, afterPage);
    this.#stamps.adopt(stamps);
    this.#ids.adopt(ids);
    this.#source = source;
    return true;
  }

  /** What `restore` takes, as of the last update; null for a study that does not exist. */
  stored(): StoredResults | null {
    const { study, mark } = this.#source;
    if (study === null || mark === null) return null;
    const [stamps, ids] = [this.#stamps.values(), this.#ids.values()];
    return { source: { study, mark }, table: this.table, stamps, ids };
  }

  /** Brings the model up to date. Updates that are asked for at once happen one after the other. */
  update(afterPage: AfterPage | null = null): Promise<FeedUpdate> {
    const next = this.#reading.then(() => this.#update(afterPage));
    this.#reading = next.catch(() => {});
    return next;
  }

  /** The newest results. */
  async read(): Promise<ResultsModel> {
    await this.update();
    return this.model;
  }

  /** The newest table of trials. */
  async readTable(): Promise<TrialTable> {
    await this.update();
    return this.table;
  }

  async #update(afterPage: AfterPage | null): Promise<FeedUpdate> {
    const token = await this.#reader.changeToken();
    const changed = new Set<number>();
    let isReset = false;
    for (let isAll = token === this.#token; !isAll; ) {
      const page = await this.#readPage();
      if (page.isReset) changed.clear();
      isReset ||= page.isReset;
      isAll = page.isAll;
      for (const number of page.changed) changed.add(number);
      if (afterPage === null) continue;
      // Made as its trials come: others run in between.
      void this.model;
      await afterPage(this.table.length);
    }
    this.#token = token;
    return { revision: this.table.revision, changed: [...changed].sort((a, b) => a - b), isReset };
  }

  async #readPage(): Promise<{ changed: readonly number[]; isAll: boolean; isReset: boolean }> {
    const { id } = this.#study;
    const { study, mark, isAll, trials } = await this.#reader.changedTrials(id, this.#source.mark, PAGE);
    if (study !== this.#source.study && this.#source !== NOTHING_READ) {
      this.#table = new TrialTable(this.#study);
      this.#model = null;
      this.#source = NOTHING_READ;
      this.#stamps = floatColumn();
      this.#ids = floatColumn();
      return { changed: [], isAll: study === null, isReset: true };
    }
    const ids = trials.map((trial) => trial.id);
    const rows = ids.length === 0 ? [] : await this.#reader.results(id, ids);
    const changed = this.#model === null ? this.#table.apply(rows) : this.#model.apply(rows);
    for (const trial of trials) {
      this.#stamps.set(trial.number, trial.stamp);
      this.#ids.set(trial.number, trial.id);
    }
    this.#source = { study, mark };
    return { changed, isAll, isReset: false };
  }
}

/** How often the comparison begins again when somebody wrote meanwhile. */
const TRIES = 5;
const NUMBERS_PER_PAGE = 20_000;
const LOW = 2 ** 21;

/** Whether all trials that have not changed since the mark of stored results are as they were when these were stored. */
async function isUnchanged(
  reader: ResultsReader,
  id: number,
  { source, stamps }: StoredResults,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const token = await reader.changeToken();
    const changed = new Set<number>();
    for (let mark = source.mark, isAll = false; !isAll; ) {
      const page = await reader.changedTrials(id, mark, NUMBERS_PER_PAGE);
      if (page.study !== source.study) return false;
      for (const { number } of page.trials) changed.add(number);
      ({ mark, isAll } = page);
    }
    const sums = await reader.stampsBefore(id, source.mark);
    if ((await reader.changeToken()) !== token) continue;
    let [count, low, high] = [0, 0, 0];
    for (const [number, stamp] of stamps.entries()) {
      if (changed.has(number) || Number.isNaN(stamp)) continue;
      count += 1;
      low += stamp % LOW;
      high += Math.floor(stamp / LOW);
    }
    return sums.count === count && sums.low === low && sums.high === high;
  }
  return false;
}

/** The results of trials that are in a table, made a part at a time. */
async function modelInPages(
  study: ResultsStudy,
  table: TrialTable,
  afterPage: AfterPage,
): Promise<ResultsModel> {
  const model = new ResultsModel(study, table);
  for (let first = 0; first < table.length; first += RESTORED_PER_PAGE) {
    const length = Math.min(RESTORED_PER_PAGE, table.length - first);
    model.refresh(Array.from({ length }, (_, k) => first + k));
    await afterPage(first + length);
  }
  return model;
}

const NOTHING_READ = { study: null, mark: null };

/** The results of a study, read once. */
export function readResults(reader: ResultsReader, study: ResultsStudy): Promise<ResultsModel> {
  return new ResultsFeed(reader, study).read();
}
