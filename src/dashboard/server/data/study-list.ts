import { messageOf } from '../../../core/errors.js';
import { readStudyState } from '../../../results/study-state.js';
import type { StudySummary } from '../../../storage/storage.js';
import type { StudyListEntry } from '../../protocol.js';
import type { Database } from './database.js';
import type { OpenStudies } from './open-studies.js';
import { brokenEntry, studyEntry } from './study-entry.js';

type Known = { readonly signature: string; readonly entry: StudyListEntry };

/** The list of studies. A study is read again only when a trial of it began or ended since. */
export class StudyList {
  readonly #database: Database;
  readonly #studies: OpenStudies;
  readonly #known = new Map<number, Known>();
  #reading: Promise<unknown> = Promise.resolve();

  constructor(database: Database, studies: OpenStudies) {
    this.#database = database;
    this.#studies = studies;
  }

  /** One list after the other: two at once would read every study twice. */
  read(): Promise<readonly StudyListEntry[]> {
    const next = this.#reading.then(() => this.#read());
    this.#reading = next.catch(() => {});
    return next;
  }

  forget(): void {
    this.#known.clear();
  }

  async #read(): Promise<readonly StudyListEntry[]> {
    const summaries = await this.#database.read((storage) => storage.listStudies());
    const ids = new Set(summaries.map(({ id }) => id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    const entries: StudyListEntry[] = [];
    for (const summary of summaries) entries.push(await this.#entry(summary));
    return entries;
  }

  async #entry(summary: StudySummary): Promise<StudyListEntry> {
    if (summary.broken !== null) return brokenEntry(summary, summary.broken);
    const { id, name, uid, counts, spec, configurations } = summary;
    const signature = JSON.stringify([name, uid, counts, configurations, spec]);
    const known = this.#known.get(id);
    if (known?.signature === signature) {
      const state = await this.#database.read((storage) => readStudyState(storage, summary));
      return { ...known.entry, state };
    }
    try {
      const entry = await studyEntry(await this.#studies.get(name, { keep: false }));
      this.#known.set(id, { signature, entry });
      return entry;
    } catch (error) {
      return brokenEntry(summary, messageOf(error));
    }
  }
}
