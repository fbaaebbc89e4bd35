import type { SpendingLimit } from '../../core/spending.js';
import type { ChangedLimits } from '../../core/study-control.js';
import type { Executor, LeaseHolder, LowMemoryGpu, RunnableAttempt, Slot } from '../../executors/executor.js';
import type { SavingsSummary } from '../../results/savings.js';
import type { Emit } from '../events.js';
import type { DiskSpaceGuard } from './disk-space-guard.js';
import type { FailureRules } from './failures.js';
import type { SweepContext } from './sweep-context.js';
import type { SweepLease } from './sweep-lease.js';

/** Where trials run; src/executors/slot-pool.ts has the real one. */
export interface Slots {
  /** Resolves when it is known well enough which slots can be taken; mostly at once. Never rejects. */
  look(): Promise<void>;
  /** The next free slot, or null. */
  acquire(token: string): Slot | null;
  /** Who kept the last `acquire` from a slot that is free for us, if anybody did with a lease; null when it found one. */
  readonly blockedBy: readonly LeaseHolder[] | null;
  /** The GPUs that the last `acquire`, which found no slot, left out for want of free memory. */
  readonly lowMemoryGpus: readonly LowMemoryGpu[];
  /** Returns the slot of an attempt that runs already. */
  reattach(device: string, token: string): Slot;
  /** Publishes what is about to run in a slot. */
  assign(slot: Slot, attempt: RunnableAttempt): void;
  /** Number of slots, taken or free, without those that were withdrawn. */
  readonly size: number;
  release(slot: Slot): void;
  /** What runs in a slot cannot be ended: the slot stays taken, and `size` is smaller by it. */
  withdraw(slot: Slot): void;
  /** Uses so many slots at once from now on, as far as there are devices; null: as many as without a limit. */
  resize(maxConcurrent: number | null): void;
  /** Nothing more will be acquired for now. */
  stopWaiting(): void;
}

/** What a study may spend, and what is left of it. */
export interface SpendingWatch {
  /** The limits as they are now; null: there is none. */
  readonly limit: SpendingLimit | null;
  /** What is absent stays. */
  change(limits: Pick<ChangedLimits, 'epochs' | 'spending'>): void;
  /** Returns what was spent, in words, where nothing more may be; null: something is left. */
  check(): Promise<string | null>;
  /** Returns how many steps what is left will do, by what a step has cost so far; null where nobody knows. */
  stepsLeft(): Promise<number | null>;
}

export type SweepOptions = {
  readonly study: SweepContext;
  readonly executor: Executor;
  readonly slots: Slots;
  readonly emit: Emit;
  /** The study's total of trials; null for no limit. */
  readonly budget: number | null;
  /** In a race: how many configurations are tried. Default: as many as the budget allows. */
  readonly configurations?: number | null;
  /** Total of epochs that trials report; null for no limit. Where there is `spending`, its limit of steps holds. */
  readonly epochs: number | null;
  /** Default: there is no such limit. */
  readonly spending?: SpendingWatch | null;
  /** The objective's value that is good enough; null when none is. */
  readonly target: number | null;
  /** Trials that may complete without an improvement before no new configuration is asked for. Default: any number. */
  readonly patience?: number | null;
  /** No launches after this much time; running trials finish. */
  readonly timeoutMs: number | null;
  /** Trials that the study will have in the end; null when nobody knows. One that has them waits for no slot. */
  readonly total: number | null;
  readonly retryFailed: boolean;
  /** Default: no retries, and the sweep stops early when its first trials all fail. */
  readonly failures?: FailureRules;
  /** Aborted: no new launches, running trials finish. */
  readonly drain: AbortSignal;
  /** Aborted: running trials are stopped and queued again. */
  readonly abort: AbortSignal;
  /** Called when a command asks for the end of this sweep. Default: no command can. */
  readonly stop?: () => void;
  /**
   * Aborted: only functions of this program are waited for, and the sweep alone does not keep the process alive. Default:
   * it does.
   */
  readonly idle?: AbortSignal;
  /**
   * Receives, whenever the sweep waits, whether it has started everything that it is to start: only trials that fail may come
   * again, no paused ones. Default: nobody asks.
   */
  readonly onWait?: (hasAll: boolean) => void;
  /** Counts what the study saved, when the sweep has ended. Default: nobody counts. */
  readonly countSavings?: () => Promise<SavingsSummary>;
  /** Limits of running and later attempts changed. */
  readonly setAttemptLimits: (limits: Pick<ChangedLimits, 'trialTimeoutMs' | 'noProgressTimeoutMs'>) => void;
  readonly now: () => number;
  /** How the sweep shows other machines that it lives, where its database needs that. Default: it does not. */
  readonly lease?: SweepLease | null;
  /** Watches the disk that a sweep writes to; without it a full disk is an error like any other. */
  readonly disk?: DiskSpaceGuard;
};
