import { HpoError } from '../../core/errors.js';
import type { DatabaseFile, FileState } from '../../storage/storage.js';
import { isDatabaseLost } from './disk-space-guard.js';

const EVERY_MS = 1000;

/** The database is not at its path any more. `copy`: the file with everything stored; null when it could not be written. */
export class StorageLost extends HpoError {
  readonly copy: string | null;

  constructor(message: string, copy: string | null, fix: string, cause?: unknown) {
    super('storage.lost', message, { fix, ...(cause === undefined ? {} : { cause }) });
    this.copy = copy;
  }
}

/**
 * Whether an attempt is left running for the next call after this error. A function is not, where its end can still be
 * stored and copied.
 */
export function isLeftRunning(error: unknown, { isFunction }: { readonly isFunction: boolean }): boolean {
  return isDatabaseLost(error) && !(isFunction && error instanceof StorageLost);
}

const HOW: Readonly<Record<Exclude<FileState, 'in-place'>, string>> = {
  gone: 'was deleted or moved',
  replaced: 'was replaced by another file',
};

/**
 * Checks that the database is still at its path: every second, and before each launch. An open connection keeps writing to a
 * deleted file, and in the end nothing of it would be left.
 */
export class DatabaseWatch {
  readonly #storage: DatabaseFile;
  readonly #onLost: (error: StorageLost) => void;
  #timer: NodeJS.Timeout | null = null;
  #lost: StorageLost | null = null;

  constructor(storage: DatabaseFile, onLost: (error: StorageLost) => void) {
    this.#storage = storage;
    this.#onLost = onLost;
  }

  /** `idle`: aborted when the watch alone is not to keep the process alive. */
  start(idle?: AbortSignal): void {
    const timer = setInterval(() => void this.check().catch(() => {}), EVERY_MS);
    this.#timer = timer;
    idle?.addEventListener('abort', () => timer.unref(), { once: true });
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Returns whether the database is at its path. The first time it is not, `onLost` is called before this resolves. */
  async check(): Promise<boolean> {
    if (this.#lost !== null) return false;
    const state = await this.#storage.fileState();
    if (state === 'in-place') return true;
    const what = `the database ${this.#storage.url} ${HOW[state]} while it was in use`;
    this.#lost ??= new StorageLost(what, null, 'put it back and run the same command again');
    this.#onLost(this.#lost);
    return false;
  }

  /** Returns the error that a sweep ends with. When the database is lost, writes a copy first and names it in the error. */
  async explain(error: unknown): Promise<unknown> {
    if (this.#lost === null) return error;
    const { message } = this.#lost;
    const cause = error === this.#lost || error === null ? undefined : error;
    try {
      const copy = await this.#storage.rescue();
      if (copy === null) return error;
      const fix = `continue with the copy: --storage sqlite:${copy}; trainers that run are left running for it`;
      return new StorageLost(`${message}; all that was stored is in ${copy}`, copy, fix, cause);
    } catch (failure) {
      const fix = 'put the database back if it was moved; keep the logs of the trials';
      return new StorageLost(`${message}, and no copy of it could be written`, null, fix, failure);
    }
  }
}

/** @throws StorageLost, with a copy of everything stored, when the database was deleted or moved. */
export async function assertInPlace({ storage }: { readonly storage: DatabaseFile }): Promise<void> {
  if ((await storage.fileState()) === 'in-place') return;
  const watch = new DatabaseWatch(storage, () => {});
  if (!(await watch.check())) throw await watch.explain(null);
}
