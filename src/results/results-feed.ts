import type { ResultChanges, ResultsStudy, TrialFacts } from './changes.js';
import { ResultsModel } from './results-model.js';
import { type TrialRow, TrialTable } from './trial-table.js';

/** What results read of a storage. */
export type ResultsReader = {
  /** Differs from its last answer whenever anyone has written since. */
  changeToken(): Promise<string>;
  changes(
    studyId: number,
    since: { readonly configId: number; readonly trialId: number; readonly unfinished: readonly number[] },
  ): Promise<ResultChanges>;
  unfinished(studyId: number): Promise<
    readonly {
      readonly trial: Pick<TrialFacts, 'id' | 'number' | 'state'>;
      readonly attempt: { readonly finishedAtMs: number | null } | null;
    }[]
  >;
  rows(studyId: number, fromNumber: number, limit: number): Promise<readonly TrialRow[]>;
};

const ROWS_PER_READ = 1000;

/**
 * Keeps the results of one study up to date. Each `read` fetches what is new or unfinished, and nothing when nobody has
 * written. A finished trial that was queued again is read again while it is unfinished.
 */
export class ResultsFeed {
  readonly model: ResultsModel;
  /** Null until `readTable`. */
  #table: TrialTable | null = null;
  readonly #reader: ResultsReader;
  readonly #unfinished = new Set<number>();
  #token: string | null = null;
  #newestConfig = 0;
  #newestTrial = 0;
  /** Rows of the table to be read: every trial that changed since. */
  readonly #staleRows = new Set<number>();
  #reading: Promise<unknown> = Promise.resolve();

  constructor(reader: ResultsReader, study: ResultsStudy) {
    this.#reader = reader;
    this.model = new ResultsModel(study);
  }

  /** The newest results. */
  read(): Promise<ResultsModel> {
    return this.#inTurn(async () => {
      await this.#update();
      return this.model;
    });
  }

  /** The newest table of trials. The first call reads every row, later calls those that changed. */
  readTable(): Promise<TrialTable> {
    return this.#inTurn(async () => {
      await this.#update();
      this.#table ??= new TrialTable(this.model.study);
      for (const { from, count } of runsOf(this.#staleRows))
        this.#table.apply(await this.#reader.rows(this.model.study.id, from, count));
      this.#staleRows.clear();
      return this.#table;
    });
  }

  /** One reader after the other: two at once could store an older state over a newer one. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#reading.then(work);
    this.#reading = next.catch(() => {});
    return next;
  }

  async #update(): Promise<void> {
    const token = await this.#reader.changeToken();
    if (token === this.#token) return;
    const { id } = this.model.study;
    const unfinished = await this.#reader.unfinished(id);
    for (const { trial } of unfinished) this.#unfinished.add(trial.id);
    const changes = await this.#reader.changes(id, {
      configId: this.#newestConfig,
      trialId: this.#newestTrial,
      unfinished: [...this.#unfinished].filter((each) => each <= this.#newestTrial),
    });
    const queued = new Set(
      unfinished.flatMap(({ trial, attempt }) =>
        trial.state === 'running' && attempt && attempt.finishedAtMs !== null ? [trial.number] : [],
      ),
    );
    this.#note(changes);
    this.model.apply(changes, queued);
    this.#token = token;
  }

  #note({ configs, trials }: ResultChanges): void {
    for (const { id } of configs) this.#newestConfig = Math.max(this.#newestConfig, id);
    for (const { id, number, state } of trials) {
      this.#newestTrial = Math.max(this.#newestTrial, id);
      this.#staleRows.add(number);
      if (state === 'running' || state === 'waiting') this.#unfinished.add(id);
      else this.#unfinished.delete(id);
    }
  }
}

/** The results of a study, read once. */
export function readResults(reader: ResultsReader, study: ResultsStudy): Promise<ResultsModel> {
  return new ResultsFeed(reader, study).read();
}

/** Neighboring numbers as ranges, none longer than one read. */
function runsOf(numbers: ReadonlySet<number>): { from: number; count: number }[] {
  const runs: { from: number; count: number }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last.from + last.count === number && last.count < ROWS_PER_READ) last.count++;
    else runs.push({ from: number, count: 1 });
  }
  return runs;
}
