import { HpoError, messageOf } from '../../../core/errors.js';
import type { Storage, StudySummary } from '../../../storage/storage.js';
import type { DatabaseState } from '../../protocol.js';

/** `read` changes no byte of a file that another program made. */
export type OpenStorage = (access: 'read' | 'write') => Promise<Storage>;

/** How often a file that another program made is looked at again while it changes. */
const PROBE_MS = 2_000;
const OPEN: DatabaseState = { state: 'open', message: null };

/**
 * The database that the page shows. It may not exist yet, and it may be deleted, replaced, moved or locked at any time: it
 * is opened again as soon as it can be.
 */
export class Database {
  readonly url: string;
  readonly #open: OpenStorage;
  readonly #onClosed: () => void;
  #storage: Storage | null = null;
  #opening: Promise<Storage> | null = null;
  #state: DatabaseState = { state: 'missing', message: null };
  #isClosed = false;
  /** No study in it is hpo's: the file may be one that another program made. */
  #isForeign = false;
  #newestStudy: string | null = null;
  #lastToken: string | null = null;
  #probedMs = 0;

  /** Called when somebody else has probably written. */
  onNotice: () => void = () => {};

  /** `onClosed` is called when everything that was read belongs to a file that is not the database any more. */
  constructor(url: string, open: OpenStorage, onClosed: () => void) {
    this.url = url;
    this.#open = open;
    this.#onClosed = onClosed;
  }

  get state(): DatabaseState {
    return this.#state;
  }

  /** The study that was created last, as of when the file was opened. */
  get newestStudy(): string | null {
    return this.#newestStudy;
  }

  /** The storage of the file that is at the path now. @throws HpoError storage.* */
  async storage(): Promise<Storage> {
    await this.#dropLost();
    if (this.#storage !== null) return this.#storage;
    this.#opening ??= this.#reopen().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** Reads from the database. After an error that its file may explain, it is opened again for the next read. */
  async read<T>(body: (storage: Storage) => Promise<T>): Promise<T> {
    const storage = await this.storage();
    try {
      return await body(storage);
    } catch (error) {
      if (isOfFile(error)) await this.#fail(storage, error);
      throw error;
    }
  }

  /** Writes by a connection of its own, since the other one changes no file of another program. */
  async write<T>(body: (storage: Storage) => Promise<T>): Promise<T> {
    const storage = await this.#open('write');
    try {
      return await body(storage);
    } finally {
      await storage.close();
      // Its tables are hpo's now, which the other connection does not see.
      if (this.#isForeign) await this.#drop(OPEN);
    }
  }

  /** Text that changes when somebody wrote; null while there is no database that can be read. */
  async changeToken(): Promise<string | null> {
    try {
      const token = await this.read((storage) => storage.changeToken());
      const hasChanged = token !== this.#lastToken;
      this.#lastToken = token;
      if (this.#isForeign && hasChanged) await this.#probe(performance.now());
      return token;
    } catch {
      return null;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => {});
    await this.#drop(OPEN);
  }

  async #reopen(): Promise<Storage> {
    if (this.#isClosed) throw new HpoError('storage.closed', 'the server ends');
    try {
      const storage = await this.#open('read');
      const studies = await storage.listStudies();
      this.#isForeign = areForeign(studies);
      this.#newestStudy = studies.at(-1)?.name ?? null;
      this.#storage = storage;
      storage.onChange(() => this.onNotice());
      this.#state = OPEN;
      return this.#storage;
    } catch (error) {
      const isMissing = error instanceof HpoError && error.code === 'storage.not-found';
      this.#state = isMissing
        ? { state: 'missing', message: null }
        : { state: 'failing', message: messageOf(error) };
      throw error;
    }
  }

  /** Looks whether a sweep has begun in a file of another program: its tables are hpo's then, which this connection does not see. */
  async #probe(nowMs: number): Promise<void> {
    if (nowMs - this.#probedMs < PROBE_MS) {
      // It is looked at again the next time.
      this.#lastToken = null;
      return;
    }
    this.#probedMs = nowMs;
    const other = await this.#open('read');
    try {
      if (!areForeign(await other.listStudies())) await this.#drop(OPEN);
    } finally {
      await other.close();
    }
  }

  async #dropLost(): Promise<void> {
    const storage = this.#storage;
    if (storage === null || (await storage.fileState()) === 'in-place' || storage !== this.#storage) return;
    await this.#drop({ state: 'missing', message: null });
  }

  async #fail(storage: Storage, error: unknown): Promise<void> {
    if (storage === this.#storage) await this.#drop({ state: 'failing', message: messageOf(error) });
  }

  async #drop(state: DatabaseState): Promise<void> {
    const storage = this.#storage;
    this.#storage = null;
    this.#state = state;
    if (storage === null) return;
    this.#onClosed();
    await storage.close().catch(() => {});
  }
}

const areForeign = (studies: readonly StudySummary[]) => studies.every(({ uid }) => uid === null);

/** Not of one row, and not of a wait that was too long: opening the file again may help. */
function isOfFile(error: unknown): boolean {
  if (!(error instanceof HpoError) || !error.code.startsWith('storage.')) return false;
  return !['storage.corrupt-row', 'storage.busy', 'storage.no-study'].includes(error.code);
}
