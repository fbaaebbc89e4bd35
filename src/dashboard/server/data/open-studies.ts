import { isDeepStrictEqual } from 'node:util';
import type { Storage, StudyRecord } from '../../../storage/storage.js';
import { readableStudy } from '../../../study/readable-study.js';
import { hasSummary } from '../../../summaries/stored-feed.js';
import { Refusal } from '../http/refusal.js';
import type { Database } from './database.js';
import { databasePath, OpenStudy } from './open-study.js';

/** More are closed, the one that was looked at longest ago first. */
const MAX_STUDIES = 6;
const MAX_TRIALS = 250_000;

export type OpeningProgress = { readonly study: string; readonly read: number; readonly total: number };

/** The studies that somebody looks at. Their number and size are bounded, whatever the database holds. */
export class OpenStudies {
  readonly #database: Database;
  /** The last one was used last. */
  readonly #open = new Map<string, OpenStudy>();
  readonly #opening = new Map<string, Promise<OpenStudy>>();
  /** Receives how much of a study is read while it is opened for the first time. */
  onProgress: (progress: OpeningProgress) => void = () => {};

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The study of this name, up to date. `keep` false: one that is not open takes the place of no other.
   * @throws Refusal when there is none; HpoError storage.*
   */
  get(name: string, { keep = true }: { readonly keep?: boolean } = {}): Promise<OpenStudy> {
    const known = this.#opening.get(name);
    if (known) return known.then(() => this.get(name, { keep }));
    const opening = this.#database.read((storage) => this.#find(storage, name, keep));
    this.#opening.set(name, opening);
    const done = () => void this.#opening.delete(name);
    opening.then(done, done);
    return opening;
  }

  /** Whether opening it takes no more than the time of reading a file: a summary of it is stored. */
  hasSummary(name: string): Promise<boolean> {
    return this.#database.read(async (storage) => {
      const record = await storage.findStudy(name);
      return record !== null && hasSummary({ ...record, path: databasePath(storage) });
    });
  }

  /** Forgets all, or one: what was read of it does not hold any more. */
  forget(name: string | null = null): void {
    if (name === null) this.#open.clear();
    else this.#open.delete(name);
  }

  async #find(storage: Storage, name: string, keep: boolean): Promise<OpenStudy> {
    const record = await storage.findStudy(name);
    if (record === null) {
      this.#open.delete(name);
      throw noStudy(name);
    }
    let study = this.#open.get(name);
    if (!study || study.storage !== storage || !isSameStudy(study.record, record))
      study = await this.#read(storage, record);
    else await study.refresh();
    // The space of a study that Optuna made is inferred from its trials, and later trials may have more.
    if (record.spec === null && study.hasNewParameters) study = await this.#read(storage, record);
    if (!keep && !this.#open.has(name) && !this.#hasRoom(study)) return study;
    this.#open.delete(name);
    this.#open.set(name, study);
    this.#evict();
    return study;
  }

  async #read(storage: Storage, record: StudyRecord): Promise<OpenStudy> {
    const study = new OpenStudy(storage, record, await readableStudy(storage, record));
    const { trials: total } = await storage.count(record.id, ['trials']);
    await study.refresh((read) => this.onProgress({ study: record.name, read, total }));
    return study;
  }

  #hasRoom({ table }: OpenStudy): boolean {
    return this.#open.size < MAX_STUDIES && this.#trials() + table.length <= MAX_TRIALS;
  }

  #trials(): number {
    return [...this.#open.values()].reduce((sum, { table }) => sum + table.length, 0);
  }

  #evict(): void {
    while (this.#open.size > 1 && (this.#open.size > MAX_STUDIES || this.#trials() > MAX_TRIALS)) {
      const [oldest] = this.#open.keys();
      this.#open.delete(oldest as string);
    }
  }
}

/** A study that was deleted and created again has another id; one whose search was changed has another specification. */
function isSameStudy(a: StudyRecord, b: StudyRecord): boolean {
  return a.id === b.id && a.uid === b.uid && isDeepStrictEqual(a.spec, b.spec);
}

export function noStudy(name: string): Refusal {
  return new Refusal(404, 'study.not-found', `no study ${JSON.stringify(name)} in this database`, {
    fix: 'see the list of studies',
  });
}
