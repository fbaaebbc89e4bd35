import { HpoError, ResumableError } from '../../core/errors.js';
import type { Outcome } from '../../executors/executor.js';
import type { Storage } from '../../storage/storage.js';
import type { Emit } from '../events.js';
import { type DiskTrouble, findDiskTrouble, noAnswer, noSpace, onlyReads } from './disk-trouble.js';

/** How often a full disk is checked again. */
const PAUSE_MS = 1000;

/** Operations of a launch. All others record what has happened, and must not be lost. */
const LAUNCHING: ReadonlySet<PropertyKey> = new Set<keyof Storage>([
  'reserveIndex',
  'commitConfiguration',
  'commitAndReserve',
  'commitBatch',
  'releaseIndices',
  'claimEnqueued',
  'rejectEnqueued',
  'addRepeat',
  'restart',
]);

/** Operations that answer at once. */
const NOT_WAITING: ReadonlySet<PropertyKey> = new Set<keyof Storage>(['changeToken', 'onChange', 'close']);

/** Errors after which nothing can be stored: running trainers are left running, and the next call reattaches them. */
const LOST: ReadonlySet<string> = new Set([
  'storage.corrupt',
  'storage.full',
  'storage.failed',
  'storage.busy',
  'storage.lost',
  'storage.unreachable',
  'storage.read-only',
  'storage.login',
]);

export function isDatabaseLost(error: unknown): boolean {
  return error instanceof HpoError && LOST.has(error.code);
}

export function isDiskFull(error: unknown): boolean {
  return error instanceof HpoError && error.code === 'storage.full';
}

/** Returns whether a sweep waits until the cause of an error is over: a full disk, or a server that only reads or is out of reach. */
export function isWaitedFor(error: unknown): boolean {
  return isDiskFull(error) || isReadOnly(error) || error instanceof ResumableError;
}

function isReadOnly(error: unknown): boolean {
  return error instanceof HpoError && error.code === 'storage.read-only';
}

/** Returns an error of a running sweep: what the server refuses now it has accepted before, so nobody mistyped it. */
function noMistake(error: unknown): unknown {
  if (!(error instanceof HpoError && error.usage && LOST.has(error.code))) return error;
  const { code, message, fix, cause } = error;
  return new HpoError(code, message, { ...(fix === undefined ? {} : { fix }), cause });
}

function troubleOf(error: HpoError): DiskTrouble {
  if (error instanceof ResumableError) return noAnswer(error.message);
  return isReadOnly(error) ? onlyReads(error.message) : noSpace(error.message);
}

type Sweep = {
  readonly emit: Emit;
  /** Aborted: launches stop waiting for space. */
  readonly drain: AbortSignal;
  /** Aborted: nothing waits for space any more. */
  readonly abort: AbortSignal;
  readonly now: () => number;
};

type Folders = {
  /** The folders of trials, logs and the database. */
  readonly folders: readonly string[];
  /** The folder of trials and their logs. Nothing is launched while it cannot be written. */
  readonly outputs: string;
  readonly pauseMs?: number;
};

/**
 * Handles a disk that is full or cannot be written, and a server that cannot be reached: the sweep launches nothing, tries again
 * to store what happened, warns once, and resumes by itself. It also reports first that the database cannot be used at all.
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
  /** When a folder was last nearly full, and when one was last full. */
  #lowAtMs = Number.NEGATIVE_INFINITY;
  #fullAtMs = Number.NEGATIVE_INFINITY;
  #infrastructureError = '';
  #over = '';

  constructor({ folders, outputs, pauseMs = PAUSE_MS }: Folders) {
    this.#folders = folders;
    this.#outputs = outputs;
    this.#pauseMs = pauseMs;
  }

  /** From now on the disk is checked regularly and writes wait for space. Before that they fail. */
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

  /** Returns the same storage; its operations are tried again as long as the disk is full, or the server is gone. */
  storage(inner: Storage): Storage {
    return new Proxy(inner, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function' || NOT_WAITING.has(name)) return value;
        return (...args: readonly unknown[]) =>
          this.#persist(LAUNCHING.has(name), () => Reflect.apply(value, target, args));
      },
    });
  }

  /** Resolves when there is space for one more trial, or when no trial is wanted any more. */
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
   * Returns the outcome, marked as an infrastructure error when the disk may have caused it: a trainer may have failed because
   * it could not write, and its METRIC lines and its exit code may be missing.
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
    return since < attempt.startedAtMs
      ? outcome
      : { ...outcome, infrastructureError: this.#infrastructureError };
  }

  async #persist(launching: boolean, work: () => Promise<unknown>): Promise<unknown> {
    let waited = false;
    for (let go = work; ; ) {
      try {
        const result = await go();
        if (waited) this.#endWaiting(true);
        return result;
      } catch (thrown) {
        const sweep = this.#sweep;
        const error = sweep ? noMistake(thrown) : thrown;
        const waits = sweep && !sweep.abort.aborted && !(launching && sweep.drain.aborted);
        if (!waits || !isWaitedFor(error)) {
          if (waited) this.#endWaiting(false);
          // A launch that stops waiting loses nothing: running trials are still recorded.
          if (isDatabaseLost(error) && !(launching && isWaitedFor(error))) this.#lost(error);
          throw error;
        }
        if (!waited) this.#beginWaiting(troubleOf(error as HpoError));
        if (error instanceof ResumableError) go = error.resume;
        waited = true;
      }
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#pauseMs));
  }

  /** Warns once, however many launches and reports wait. */
  #beginWaiting({ what, wanted, over }: DiskTrouble): void {
    if (this.#waiting++ > 0) return;
    this.#over = over;
    const message = `${what}: no trial is started until ${wanted}; what happens meanwhile is kept and stored then`;
    this.#sweep?.emit({ type: 'warning', trial: null, message });
  }

  #endWaiting(space: boolean): void {
    if (--this.#waiting > 0 || !space) return;
    this.#sweep?.emit({ type: 'warning', trial: null, message: this.#over });
  }

  /** Returns what is wrong with one of the folders, and notes when; null when nothing is. */
  #look(): DiskTrouble | null {
    const nowMs = this.#sweep?.now() ?? 0;
    const found = findDiskTrouble(this.#outputs, this.#folders);
    if (found === null) return null;
    this.#lowAtMs = nowMs;
    if (found.full) this.#fullAtMs = nowMs;
    this.#infrastructureError = found.trouble.infrastructureError;
    return found.trouble;
  }
}
