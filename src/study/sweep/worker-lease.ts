import { messageOf, ResumableError } from '../../core/errors.js';
import { uptimeMs } from '../../liveness/proc.js';
import type { Leases, NewWorker, WorkerRecord } from '../../storage/storage.js';
import type { Emit } from '../events.js';
import type { LeaseGuard } from './sweep-lease.js';
import type { SweepOptions } from './sweep-options.js';

// All shares are of one lease, counted from the moment at which its last renewal was sent: the database counts from a later
// one. A worker that cannot renew ends its trainers before another one may start them again.

/** How often it is renewed, and how long each try may take. */
const RENEW_SHARE = 1 / 6;
/** When the worker stops its trainers. */
export const STOP_SHARE = 0.55;
/** When the guard ends them, for a worker that is dead or frozen. */
export const GUARD_SHARE = 0.7;
/** How long trainers have between TERM and KILL, and at most. */
const GRACE_SHARE = 0.2;
const LONGEST_GRACE_MS = 5000;
/** A worker that has not renewed for so long may be dead; how often that is looked at. */
const LATE_SHARE = 0.4;
const LATE_LOOK_MS = 250;
/** How long the first lease is tried for. */
const BEGIN_MS = 20_000;
/** Between two tries: a server that has no room refuses at once. */
const AGAIN_MS = 500;

/** Returns how long the trainers of a worker have to end. */
export function graceWithin(leaseMs: number): number {
  return Math.min(LONGEST_GRACE_MS, Math.round(leaseMs * GRACE_SHARE));
}

export type LeaseHooks = {
  /** The lease is over, or will be before the database answers: trainers end now. */
  readonly lost: () => void;
  /** There is a new lease. */
  readonly regained: () => void;
  /** After each renewal: other workers may have lost theirs. */
  readonly renewed: () => Promise<void>;
};

/** How a sweep shows others that it lives. */
export type WorkerOptions = {
  readonly leases: Leases;
  readonly worker: NewWorker;
  readonly guard: LeaseGuard | null;
  /** Whether its trials are let go of and not stopped: jobs of a queue, which outlive this process, and functions. */
  readonly outlives: boolean;
  readonly emit: Emit;
  /** All workers of the study. */
  readonly workers: () => Promise<readonly WorkerRecord[]>;
  /** Monotonic. Default: the time since the machine was started. */
  readonly clock?: () => number;
};

/** How long a worker may be silent, at least and when nobody says otherwise. */
export const SHORTEST_LEASE_MS = 2000;
export const DEFAULT_LEASE_MS = 60_000;

/**
 * Runs a sweep under a lease, where it asks for one and its database has leases. A sweep that rejects may leave trials running:
 * its lease runs out.
 */
export async function underLease<T>(
  { study, executor, emit, lease: asked }: Pick<SweepOptions, 'study' | 'executor' | 'emit' | 'lease'>,
  run: (lease: WorkerLease | null) => Promise<T>,
): Promise<T> {
  const { leases } = study.storage;
  if (!asked || leases === null) return run(null);
  const { durationMs: leaseMs, guard } = asked;
  const place = { ...asked.place, executor: executor.kind };
  const worker = { studyId: study.id, owner: study.owner, place, leaseMs };
  // A function cannot be ended, and may keep this program busy for longer than a lease. Its result counts unless another worker
  // has its trial.
  const outlives = executor.kind !== 'local';
  const workers = () => study.storage.workers(study.id);
  const lease = new WorkerLease({ leases, worker, guard, outlives, emit, workers });
  let hasEnded = false;
  try {
    await lease.start();
    const result = await run(lease);
    hasEnded = true;
    return result;
  } finally {
    // Nobody follows the function of a trial to its end; its program may run on.
    await lease.close(!hasEnded && executor.kind !== 'function');
  }
}

/** Keeps the lease of one sweep. It is held when `start` resolves, and from then on until it is lost or ended. */
export class WorkerLease {
  readonly #o: WorkerOptions;
  readonly #clock: () => number;
  #hooks: LeaseHooks | null = null;
  #lease: number | null = null;
  /** The last one, held or lost. */
  #last: number | null = null;
  #stopAtMs = 0;
  #stopTimer: NodeJS.Timeout | null = null;
  #renewTimer: NodeJS.Timeout | null = null;
  #isHeld = false;
  #isClosed = false;
  #isLooking = false;
  #renewing: Promise<void> = Promise.resolve();

  constructor(options: WorkerOptions) {
    this.#o = options;
    this.#clock = options.clock ?? uptimeMs;
  }

  /** Whether trials end now, so that another worker may start them. */
  get isCutOff(): boolean {
    return !this.#o.outlives && !this.isHeld;
  }

  /** Whether trials may start. Exact at any moment: a process that was frozen does not wait for its timers. */
  get isHeld(): boolean {
    return this.#isHeld && this.#clock() < this.#stopAtMs;
  }

  /** @throws what the database says, when it gives no lease within 20 s. */
  async start(): Promise<void> {
    for (const endMs = performance.now() + BEGIN_MS; this.#lease === null; ) {
      try {
        await this.#begin();
      } catch (error) {
        if (!(error instanceof ResumableError) || performance.now() > endMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
    this.#renewLater();
  }

  attach(hooks: LeaseHooks): void {
    this.#hooks = hooks;
  }

  /** Ends the lease, or with `isLeft` lets it run out: trials are left that another call follows. */
  async close(isLeft: boolean): Promise<void> {
    this.#isClosed = true;
    if (this.#renewTimer) clearTimeout(this.#renewTimer);
    if (this.#stopTimer) clearTimeout(this.#stopTimer);
    await this.#renewing;
    if (isLeft) return;
    this.#o.guard?.close();
    // Without the database it runs out by itself.
    if (this.#last !== null) await this.#o.leases.end(this.#last, this.#limitMs).catch(() => {});
  }

  get #limitMs(): number {
    return this.#o.worker.leaseMs * RENEW_SHARE;
  }

  #renewLater(): void {
    if (this.#isClosed) return;
    this.#renewTimer = setTimeout(() => {
      this.#renewing = this.#renew().catch((error: unknown) => {
        if (!(error instanceof ResumableError)) this.#warn(`the lease was not renewed: ${messageOf(error)}`);
      });
      void this.#renewing.then(() => this.#renewLater());
    }, this.#limitMs).unref();
  }

  async #renew(): Promise<void> {
    const wasHeld = this.#isHeld;
    const lease = this.#lease;
    if (lease === null) await this.#begin();
    else {
      const sentMs = this.#clock();
      const isRenewed = await this.#o.leases.renew(lease, this.#limitMs);
      // It was given up meanwhile.
      if (this.#lease !== lease) return;
      if (isRenewed) this.#hold(sentMs);
      else this.#lose('it had ended: this process stood still, or was cut off from the database');
    }
    if (this.#isClosed || !this.#isHeld) return;
    if (!wasHeld) {
      this.#warn('the database answers again: this worker continues under a new lease');
      this.#hooks?.regained();
    }
    this.#look();
  }

  /** No renewal waits for it. What keeps the database from being read shows where the sweep itself needs it. */
  #look(): void {
    if (this.#isLooking || this.#hooks === null) return;
    this.#isLooking = true;
    const looking = this.#hooks.renewed().catch(() => {});
    void looking.then(() => {
      this.#isLooking = false;
    });
  }

  /** Resolves when every other worker of the study has shown that it lives, or has lost its lease, or with `isOver`. */
  async untilNobodyIsLate(isOver: () => boolean): Promise<void> {
    const { worker, workers } = this.#o;
    const isLate = ({ owner, state, silentMs, leaseMs }: WorkerRecord) =>
      owner !== worker.owner && state === 'alive' && silentMs > leaseMs * LATE_SHARE;
    while (!isOver() && (await workers()).some(isLate))
      await new Promise((resolve) => setTimeout(resolve, LATE_LOOK_MS));
  }

  async #begin(): Promise<void> {
    const sentMs = this.#clock();
    this.#lease = await this.#o.leases.begin(this.#o.worker, this.#limitMs, this.#last);
    this.#last = this.#lease;
    this.#hold(sentMs);
  }

  #hold(sentMs: number): void {
    const { worker, guard } = this.#o;
    const stopAtMs = sentMs + worker.leaseMs * STOP_SHARE;
    // An answer that came too late renews a lease that this worker has given up.
    if (this.#clock() >= stopAtMs) {
      this.#lose('the database answered too late');
      return;
    }
    this.#stopAtMs = stopAtMs;
    this.#isHeld = true;
    guard?.renewed(uptimeMs() - (this.#clock() - sentMs) + worker.leaseMs * GUARD_SHARE);
    if (this.#stopTimer) clearTimeout(this.#stopTimer);
    const giveUp = () =>
      this.#lose(`the database has not answered for ${shownSeconds(this.#clock() - sentMs)}`);
    this.#stopTimer = setTimeout(giveUp, Math.max(0, stopAtMs - this.#clock())).unref();
  }

  /** Says so once. The next try asks for a new lease. */
  #lose(why: string): void {
    this.#lease = null;
    if (!this.#isHeld || this.#isClosed) return;
    this.#isHeld = false;
    const then = this.#o.outlives
      ? 'its trials run on, and another worker may have them'
      : 'its trainers are stopped, since another worker may start their trials again';
    this.#warn(`this worker loses its lease (${why}): ${then}; it continues under a new lease`);
    this.#hooks?.lost();
  }

  #warn(message: string): void {
    this.#o.emit({ type: 'warning', trial: null, message });
  }
}

function shownSeconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
