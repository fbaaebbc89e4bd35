import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { HpoError, usageError } from '../../core/errors.js';
import { attemptFolder } from '../../executors/handle.js';
import { attemptFiles } from '../../executors/study-outputs.js';
import type { Workspace } from '../../mcp/workspace.js';
import type { ResultsModel } from '../../results/results-model.js';
import type { AttemptRecord, Storage, StudyRecord, StudySummary } from '../../storage/storage.js';
import { DEFAULT_STORAGE } from '../paths.js';
import { readStudyResults } from '../read-results.js';
import { type ReadableStudy, studyToRead, withStorage } from '../studies.js';

/** One study in an open database. */
export type OpenedRecord = { readonly storage: Storage; readonly record: StudyRecord };
/** The same with its results. */
export type OpenedResults = OpenedRecord & { readonly study: ReadableStudy; readonly results: ResultsModel };

/** Opens the database of a server for each call, so that one which appears, moves or is replaced is found. */
export class StudyAccess {
  readonly url: string;
  readonly #workspace: Workspace;

  constructor(url: string, workspace: Workspace) {
    this.url = url;
    this.#workspace = workspace;
  }

  /** Runs `body` on the database. @throws HpoError mcp.outside (usage) for the default one where a link leads out. */
  async open<T>(access: 'read' | 'write', body: (storage: Storage) => Promise<T>): Promise<T> {
    this.assertPlace();
    return withStorage(this.url, access, body);
  }

  /** @throws HpoError mcp.outside (usage) where a link leads from the default database to elsewhere. */
  assertPlace(): void {
    if (this.#isDefault) this.#workspace.assertInside(this.url.slice('sqlite:'.length), 'the database');
  }

  /**
   * Whether the log of an attempt is one that hpo has made: a file, not a link, in the folder of an attempt, which a database of the
   * workspace may only name inside. A folder comes out of the database, and any program may change what is in it.
   */
  isOwnLog(trial: number, { handle }: Pick<AttemptRecord, 'handle'>): boolean {
    const folder = attemptFolder(handle);
    if (folder === null || resolve(folder) !== folder) return false;
    if (this.#isDefault && !this.#workspace.leadsInside(folder)) return false;
    try {
      const { log } = attemptFiles(folder, trial);
      return lstatSync(log, { throwIfNoEntry: false })?.isFile() ?? true;
    } catch {
      return false;
    }
  }

  get #isDefault(): boolean {
    return this.url === DEFAULT_STORAGE;
  }

  /** Runs `body` on a study. @throws HpoError study.not-found (usage). */
  record<T>(name: string, access: 'read' | 'write', body: (opened: OpenedRecord) => Promise<T>): Promise<T> {
    return this.open(access, async (storage) => {
      const record = await storage.findStudy(name);
      if (record) return body({ storage, record });
      const known = (await storage.listStudies()).map((each) => each.name).join(', ');
      throw usageError('study.not-found', `no study ${name} in ${storage.url}`, {
        fix: known ? `give one of ${known}` : 'begin one with start',
      });
    });
  }

  /** Runs `body` on a study with its results. @throws HpoError study.not-found (usage). */
  results<T>(name: string, body: (opened: OpenedResults) => Promise<T>): Promise<T> {
    return this.record(name, 'read', async ({ storage, record }) => {
      const study = await studyToRead(storage, record);
      return body({ storage, record, study, results: await readStudyResults(storage, study) });
    });
  }

  /** Returns all studies; none where there is no database yet. */
  async list(): Promise<readonly StudySummary[]> {
    try {
      return await this.open('read', (storage) => storage.listStudies());
    } catch (error) {
      if (error instanceof HpoError && error.code === 'storage.not-found') return [];
      throw error;
    }
  }
}
