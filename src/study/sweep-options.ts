import type { Executor, Slot } from '../executors/executor.js';
import type { DiskWatch } from './disk-full.js';
import type { Emit } from './events.js';
import type { Study } from './study.js';

/** Where trials run; src/executors/slots.ts has the real one. */
export interface Slots {
  /** The next free slot, or null. */
  acquire(): Slot | null;
  /** A free slot on the device of an attempt that already runs, or null. */
  acquireDevice(device: string): Slot | null;
  /** Number of slots, taken or free. */
  readonly size: number;
  release(slot: Slot): void;
}

export type SweepOptions = {
  readonly study: Study;
  readonly executor: Executor;
  readonly slots: Slots;
  readonly emit: Emit;
  /** The study's total of trials; null for no limit. */
  readonly budget: number | null;
  /** Total of epochs that trials report; null for no limit. */
  readonly epochs: number | null;
  /** The objective's value that is good enough; null when none is. */
  readonly target: number | null;
  /** No launches after this much time; running trials finish. */
  readonly timeoutMs: number | null;
  readonly retryFailed: boolean;
  /** Aborted: no new launches, running trials finish. */
  readonly drain: AbortSignal;
  /** Aborted: running trials are stopped and queued again. */
  readonly abort: AbortSignal;
  readonly now: () => number;
  /** Watches the disk that a sweep writes to; without it a full disk is an error like any other. */
  readonly disk?: DiskWatch;
};

/** A place beyond the slots, for an attempt that runs already. */
export function outside(device: string): Slot {
  return { id: -1, device, env: {} };
}
