import { type BigIntStatsFs, statfsSync } from 'node:fs';
import { HpoError } from '../core/errors.js';
import type { Outcome } from '../executors/executor.js';
import type { Storage } from '../storage/storage.js';
import type { Emit } from './events.js';

/** How often a full disk is looked at again. */
const PAUSE_MS = 1000;
/** Nothing is launched with less free space than this, or than a twentieth of a very small disk. */
const LAUNCH_BYTES = 4n * 1024n * 1024n;

/** Writes of a launch; everything else tells of what has happened, and must not be lost. */
const LAUNCHING: ReadonlySet<PropertyKey> = new Set<keyof Storage>([
  'allotIndex',
  'fillConfiguration',
  'fillNext',
  'releaseIndex',
  'claim',
  'refuse',
  'addTrial',
  'addAttempt',
]);

/** Errors after which nothing more can be stored: what runs goes on, and the next call takes it over. */
const LOST: ReadonlySet<string> = new Set([
  'storage.corrupt',
  'storage.full',
  'storage.failed',
  'storage.busy',
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

/**
 * What a sweep does about a full disk: it launches nothing, tries again to store what happened, says so once, and goes
 * on by itself when there is space. Also the first to hear when the database cannot be used at all.
 */
export class DiskWatch {
  readonly #folders: readonly string[];
  readonly #pauseMs: number;
  #sweep: Sweep | null = null;
  /** How many launches and writes wait for space. */
  #waiting = 0;
  #lost: (error: unknown) => void = () => {};
  #timer: NodeJS.Timeout | null = null;
  /** When a folder was last seen with hardly any space, and with none. */
  #lowAtMs = Number.NEGATIVE_INFINITY;
  #fullAtMs = Number.NEGATIVE_INFINITY;

  /** `folders`: where trials, logs and the database lie. */
  constructor(folders: readonly string[], pauseMs: number = PAUSE_MS) {
    this.#folders = folders;
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
        if (typeof value !== 'function' || name === 'version' || name === 'close') return value;
        return (...args: readonly unknown[]) =>
          this.#persist(LAUNCHING.has(name), () => Reflect.apply(value, target, args));
      },
    });
  }

  /** Resolves when there is space for one more trial, or when nothing more is to be started. */
  async room(wanted: () => boolean): Promise<void> {
    let waited = false;
    for (let low = this.#look(); low !== null && wanted(); low = this.#look()) {
      if (!waited) this.#beginWaiting(low);
      waited = true;
      await this.#pause();
    }
    if (waited) this.#endWaiting(wanted());
  }

  /**
   * What an attempt's end counts for. A trainer whose disk was full may have failed for that, and METRIC lines it could
   * not write are missing: such an attempt is queued again.
   */
  excuse(outcome: Outcome, attempt: { readonly startedAtMs: number; readonly signal: AbortSignal }): Outcome {
    this.#look();
    if (outcome.kind !== 'exited' || outcome.stoppedFor || attempt.signal.aborted) return outcome;
    const since = outcome.exitCode === 0 ? this.#fullAtMs : this.#lowAtMs;
    if (since < attempt.startedAtMs) return outcome;
    return { ...outcome, excuse: 'the disk was full while it ran' };
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
        if (!waited) this.#beginWaiting((error as HpoError).message);
        waited = true;
      }
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#pauseMs));
  }

  /** Said once, however many wait, and whether launches or reports. */
  #beginWaiting(what: string): void {
    if (this.#waiting++ > 0) return;
    const message = `${what}: no trial is started until you free some space; what happens meanwhile is kept and stored then`;
    this.#sweep?.emit({ type: 'warning', trial: null, message });
  }

  #endWaiting(space: boolean): void {
    if (--this.#waiting > 0 || !space) return;
    this.#sweep?.emit({ type: 'warning', trial: null, message: 'there is space again: the sweep goes on' });
  }

  /** What is wrong with the space in one of the folders; null when nothing is. */
  #look(): string | null {
    const nowMs = this.#sweep?.now() ?? 0;
    for (const folder of this.#folders) {
      const space = spaceIn(folder);
      if (space === null || !space.low) continue;
      this.#lowAtMs = nowMs;
      if (space.full) this.#fullAtMs = nowMs;
      return `no space is left in ${folder}`;
    }
    return null;
  }
}

/** Null where nobody can tell: then a write that fails will. */
function spaceIn(folder: string): { low: boolean; full: boolean } | null {
  let found: BigIntStatsFs;
  try {
    found = statfsSync(folder, { bigint: true });
  } catch {
    return null;
  }
  const { bsize, blocks, files, ffree } = found;
  // What a file system keeps back for the administrator is for the administrator.
  const free = (process.getuid?.() === 0 ? found.bfree : found.bavail) * bsize;
  const total = blocks * bsize;
  const needed = total / 20n < LAUNCH_BYTES ? total / 20n : LAUNCH_BYTES;
  // Some file systems count no files, and some (overlays, /proc) no blocks.
  const noFiles = files > 0n && ffree === 0n;
  return {
    low: noFiles || (total > 0n && free < needed),
    full: noFiles || (total > 0n && free < bsize),
  };
}
