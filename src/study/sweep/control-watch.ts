import { parseControl, type StudyControl } from '../../core/study-control.js';
import type { Storage } from '../../storage/storage.js';

/** How often the database is looked at. A look costs one cheap question while nobody has written. */
const LOOK_MS = 500;

export type ControlHandlers = {
  /** Attempts that somebody asked to stop: the asking process may be unable to see or to signal their processes. */
  readonly stopRequested: (attemptIds: ReadonlySet<number>) => void;
  /** Somebody wrote a control; it may say the same as before. */
  readonly changed: (control: StudyControl) => Promise<void>;
};

/** Reads what other processes have asked of this sweep, twice a second, and as soon as the database tells, in one read. */
export class ControlWatch {
  readonly #storage: Pick<Storage, 'changeToken' | 'onChange' | 'readControl'>;
  readonly #studyId: number;
  readonly #handlers: ControlHandlers;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | null = null;
  #unfollow: () => void = () => {};
  #isDue = false;
  #token = '';
  #revision = 0;
  #looking = false;

  constructor(
    storage: Pick<Storage, 'changeToken' | 'onChange' | 'readControl'>,
    studyId: number,
    handlers: ControlHandlers,
    everyMs = LOOK_MS,
  ) {
    this.#everyMs = everyMs;
    this.#storage = storage;
    this.#studyId = studyId;
    this.#handlers = handlers;
  }

  /**
   * Returns the control as it is now, and follows it from there. `idle`: aborted when the watch alone is not to keep the
   * process alive.
   */
  async start(idle?: AbortSignal): Promise<StudyControl> {
    const { revision, control } = await this.#storage.readControl(this.#studyId);
    this.#revision = revision;
    const timer = setInterval(() => this.#turn(), this.#everyMs);
    this.#timer = timer;
    this.#unfollow = this.#storage.onChange((kind) => {
      if (kind === 'commands') this.#turn();
    });
    idle?.addEventListener('abort', () => timer.unref(), { once: true });
    return parseControl(control);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#unfollow();
  }

  #turn(): void {
    this.#isDue = this.#looking;
    if (this.#looking) return;
    this.#looking = true;
    this.#look()
      // Whatever keeps the database from being read shows where the sweep itself needs it.
      .catch(() => {})
      .finally(() => {
        this.#looking = false;
        if (this.#isDue && this.#timer !== null) this.#turn();
      });
  }

  async #look(): Promise<void> {
    const token = await this.#storage.changeToken();
    if (token === this.#token) return;
    const { revision, control, stopRequests } = await this.#storage.readControl(this.#studyId);
    if (this.#timer === null) return;
    if (stopRequests.length > 0) this.#handlers.stopRequested(new Set(stopRequests));
    if (revision !== this.#revision) await this.#handlers.changed(parseControl(control));
    this.#revision = revision;
    this.#token = token;
  }
}
