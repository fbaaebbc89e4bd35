import { HpoError } from '../../core/errors.js';
import type { Outcome } from '../../executors/executor.js';
import type { Storage } from '../../storage/storage.js';
import type { Emit } from '../events.js';
import { isUnwritable, spaceIn } from './disk-space.js';

/** How often a full disk is looked at again. */
const PAUSE_MS = 1000;

/** Writes of a launch; everything else tells of what has happened, and must not be lost. */
const LAUNCHING: ReadonlySet<PropertyKey> = new Set<keyof Storage>([
  'reserveIndex',
  'commitConfiguration',
  'releaseIndices',
  'claimEnqueued',
  'rejectEnqueued',
  'addRepeat',
  'restart',
]);

/** Errors after which nothing more can be stored: what runs goes on, and the next call takes it over. */
const LOST: ReadonlySet<string> = new Set([
  'storage.corrupt',
  'storage.full',
  'storage.failed',
  'storage.busy',
  'storage.lost',
]);

export function isDatabaseLost(error: unknown): boolean {
  return error instanceof HpoError && LOST.has(error.code);
}

export function isDiskFull(error: unknown): boolean {
  return error instanceof HpoError && error.code === 'storage.full';
}

type Sweep = {
  readonly emit: Emit;
  /** Aborted: launches that wait for space are given up. */
  readonly drain: AbortSignal;
  /** Aborted: nothing waits for space any more. */
  readonly abort: AbortSignal;
  readonly now: () => number;
};

type Folders = {
  /** Where trials, logs and the database lie. */
  readonly folders: readonly string[];
  /** Where trials and their logs lie: nothing is launched while that cannot be written. */
  readonly outputs: string;
  readonly pauseMs?: number;
};

/** What is wrong with a disk: the words for it, for its end, and for the excuse of a trial that ran meanwhile. */
type Trouble = {
  readonly what: string;
  readonly wanted: string;
  readonly over: string;
  readonly infrastructureError: string;
};

/**
 * What a sweep does about a disk that is full or cannot be written: it launches nothing, tries again to store what
 * happened, warns once, and resumes by itself. It is also the first to learn that the database cannot be used at all.
 */
export class DiskSpaceGuard {
  readonly #folders: readonly string[];
  readonly #outputs: string;
  readonly #pauseMs: number;
  #sweep: Sweep | null = null;
  /** How many launches and writes wait for space. */
  #waiting = 0;
  #lost: (error: unknown) => void = () => {};
  #timer: NodeJS.Timeout | null = null;
  /** When a folder was last seen in which hardly anything could be written, and one in which nothing could. */
  #lowAtMs = Number.NEGATIVE_INFINITY;
  #fullAtMs = Number.NEGATIVE_INFINITY;
  #excuse = '';
  #over = '';

  constructor({ folders, outputs, pauseMs = PAUSE_MS }: Folders) {
    this.#folders = folders;
    this.#outputs = outputs;
    this.#pauseMs = pauseMs;
  }

  /** From here on the disk is looked at now and then, and writes wait for space; before, they fail. */
  attach(sweep: Sweep): void {
    this.#sweep = sweep;
    this.#timer = setInterval(() => this.#look(), this.#pauseMs);
    this.#timer.unref();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#sweep = null;
  }

  onLost(lost: (error: unknown) => void): void {
    this.#lost = lost;
  }

  /** The same storage, whose operations are tried again for as long as the disk is full. */
  storage(inner: Storage): Storage {
    return new Proxy(inner, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function' || name === 'changeToken' || name === 'close') return value;
        return (...args: readonly unknown[]) =>
          this.#persist(LAUNCHING.has(name), () => Reflect.apply(value, target, args));
      },
    });
  }

  /** Resolves when there is space for one more trial, or when nothing more is to be started. */
  async waitForSpace(wanted: () => boolean): Promise<void> {
    let waited = false;
    for (let trouble = this.#look(); trouble !== null && wanted(); trouble = this.#look()) {
      if (!waited) this.#beginWaiting(trouble);
      waited = true;
      await this.#pause();
    }
    if (waited) this.#endWaiting(wanted());
  }

  /**
   * An attempt's end, excused where the disk may be to blame: a trainer whose disk could not be written may have failed
   * for that, METRIC lines that it could not write are missing, and so may be its exit code.
   */
  classify(
    outcome: Outcome,
    { attempt, signal }: { readonly attempt: { readonly startedAtMs: number }; readonly signal: AbortSignal },
  ): Outcome {
    this.#look();
    if (outcome.kind !== 'exited' && outcome.kind !== 'unknown') return outcome;
    if (outcome.stoppedFor || signal.aborted) return outcome;
    const succeeded = outcome.kind === 'exited' && outcome.exitCode === 0;
    const since = succeeded ? this.#fullAtMs : this.#lowAtMs;
    return since < attempt.startedAtMs ? outcome : { ...outcome, infrastructureError: this.#excuse };
  }

  async #persist(launching: boolean, work: () => Promise<unknown>): Promise<unknown> {
    let waited = false;
    for (;;) {
      try {
        const result = await work();
        if (waited) this.#endWaiting(true);
        return result;
      } catch (error) {
        const sweep = this.#sweep;
        const waits = sweep && !sweep.abort.aborted && !(launching && sweep.drain.aborted);
        if (!waits || !isDiskFull(error)) {
          if (waited) this.#endWaiting(false);
          // A launch that is given up is no loss: the trials that run are still told of.
          if (isDatabaseLost(error) && !(launching && isDiskFull(error))) this.#lost(error);
          throw error;
        }
        if (!waited) this.#beginWaiting(noSpace((error as HpoError).message));
        waited = true;
      }
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#pauseMs));
  }

  /** One warning, however many wait, and whether launches or reports. */
  #beginWaiting({ what, wanted, over }: Trouble): void {
    if (this.#waiting++ > 0) return;
    this.#over = over;
    const message = `${what}: no trial is started until ${wanted}; what happens meanwhile is kept and stored then`;
    this.#sweep?.emit({ type: 'warning', trial: null, message });
  }

  #endWaiting(space: boolean): void {
    if (--this.#waiting > 0 || !space) return;
    this.#sweep?.emit({ type: 'warning', trial: null, message: this.#over });
  }

  /** What is wrong with one of the folders; null when nothing is. */
  #look(): Trouble | null {
    const nowMs = this.#sweep?.now() ?? 0;
    const found = this.#find();
    if (found === null) return null;
    this.#lowAtMs = nowMs;
    if (found.full) this.#fullAtMs = nowMs;
    this.#excuse = found.trouble.infrastructureError;
    return found.trouble;
  }

  #find(): { readonly trouble: Trouble; readonly full: boolean } | null {
    if (isUnwritable(this.#outputs)) return { trouble: unwritable(this.#outputs), full: true };
    for (const folder of this.#folders) {
      const space = spaceIn(folder);
      if (space?.low) return { trouble: noSpace(`no space is left in ${folder}`), full: space.full };
    }
    return null;
  }
}

function noSpace(what: string): Trouble {
  return {
    what,
    wanted: 'you free some space',
    over: 'there is space again: the sweep goes on',
    infrastructureError: 'the disk was full while it ran',
  };
}

function unwritable(folder: string): Trouble {
  return {
    what: `${folder} cannot be written`,
    wanted: 'it can be (a disk with errors becomes read-only: see the system log, and mount it again)',
    over: `${folder} can be written again: the sweep resumes`,
    infrastructureError: 'the disk could not be written while it ran',
  };
}
