import { uptime } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { AttemptClock, lookEveryMs } from './attempt-clock.js';
import { readExit } from './attempt-dir.js';
import { type AttemptLimits, broken } from './limits.js';
import type { LogFollower } from './log-follower.js';
import { LogGrowth } from './log-growth.js';
import type { TrainerOutput } from './trainer-output.js';

export type Guarded = {
  readonly dir: string;
  readonly startedAtMs: number;
  readonly isReattached: boolean;
  readonly follower: LogFollower;
  readonly output: TrainerOutput;
};

/**
 * Checks a running attempt often and reports once which limit it breaks. It reads the log first and judges it afterwards.
 * An attempt that has ended breaks no limit any more.
 */
export class LimitGuard {
  readonly #limits: AttemptLimits;
  readonly #guarded: Guarded;
  readonly #clock: AttemptClock;
  readonly #onBroken: (words: string) => void;
  #timer: NodeJS.Timeout | null = null;
  #sizeTimer: NodeJS.Timeout | null = null;
  #closed = false;
  /** A reading of the log that has not finished. */
  #reading: Promise<boolean> | null = null;

  constructor(limits: AttemptLimits, guarded: Guarded, onBroken: (words: string) => void) {
    this.#limits = limits;
    this.#guarded = guarded;
    this.#onBroken = onBroken;
    const { startedAtMs, isReattached } = guarded;
    this.#clock = new AttemptClock(limits, { startedAtMs, isReattached, maxSleptMs: sleptSinceBootMs() });
  }

  start(): void {
    const { maxLogBytes } = this.#limits;
    if (maxLogBytes !== null) void this.#watchSize(maxLogBytes, new LogGrowth(maxLogBytes));
    this.#schedule();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#turn(), lookEveryMs(this.#limits));
  }

  close(): void {
    this.#closed = true;
    for (const timer of [this.#timer, this.#sizeTimer]) if (timer !== null) clearTimeout(timer);
  }

  async #turn(): Promise<void> {
    const words = await this.#look().catch(() => null);
    if (this.#closed) return;
    if (words === null) return this.#schedule();
    this.#report(words);
  }

  #report(words: string): void {
    this.close();
    this.#onBroken(words);
  }

  /** Does not wait until the log is read: a log that grows faster than that would fill the disk meanwhile. */
  async #watchSize(maxLogBytes: number, growth: LogGrowth): Promise<void> {
    const log = await this.#guarded.follower.stat().catch(() => null);
    if (this.#closed) return;
    const size = log?.size ?? 0;
    if (size > maxLogBytes && readExit(this.#guarded.dir) === null)
      return this.#report(broken.logBytes(maxLogBytes));
    const nextMs = growth.nextLookMs(size, performance.now());
    this.#sizeTimer = setTimeout(() => void this.#watchSize(maxLogBytes, growth), nextMs);
  }

  async #look(): Promise<string | null> {
    const { follower, output, dir, startedAtMs } = this.#guarded;
    if (readExit(dir) !== null) return null;
    if (output.broken !== null) return output.broken;
    if (!(await this.#hasCaughtUp())) return null;
    // Taken after the reading: a log that changed meanwhile would look older than it is.
    const changed = await follower.stat();
    if (readExit(dir) !== null) return null;
    return this.#clock.look({
      wallMs: Date.now(),
      steadyMs: performance.now(),
      logChangedMs: changed?.mtimeMs ?? startedAtMs,
      metricLines: output.metricLines,
    });
  }

  /** Returns soon whether the log has been read as far as it went when this was first asked. */
  async #hasCaughtUp(): Promise<boolean> {
    this.#reading ??= this.#guarded.follower.catchUp().then(() => true);
    const soon = sleep(lookEveryMs(this.#limits), false, { ref: false });
    const done = await Promise.race([this.#reading, soon]);
    if (done) this.#reading = null;
    return done;
  }
}

/** Linux counts the time since boot with and without sleep. Elsewhere the steady clock is another one and nobody can tell. */
function sleptSinceBootMs(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  return Math.max(0, uptime() * 1000 - Number(process.hrtime.bigint()) / 1e6);
}
