import type { Slot } from '../../executors/executor.js';
import type { SweepEnd } from '../events.js';
import type { SweepOptions } from './sweep-options.js';

type Options = Pick<SweepOptions, 'slots' | 'emit' | 'study' | 'total' | 'budget'>;
type Wanted = Pick<Options, 'total' | 'budget'>;

/** A GPU that others hold is looked at so often; a little unlike each time, so that those who wait do not meet. */
const LOOK_MS = 200;
const LOOK_SPREAD_MS = 100;
/** Where only memory keeps us: it is looked at every few seconds anyway. */
const MEMORY_LOOK_MS = 1000;

/** Takes slots for a sweep, and wakes it while other sweeps of this machine keep it from one. */
export class SlotWait {
  readonly #o: Options;
  readonly #wake: () => void;
  #wanted: Wanted;
  #timer: NodeJS.Timeout | null = null;
  #told = '';
  readonly #toldBusy = new Set<string>();
  #stopLooking: () => void = () => {};

  constructor(options: Options, wake: () => void) {
    this.#o = options;
    this.#wake = wake;
    this.#wanted = options;
  }

  /** Another number of trials is wanted. */
  setBudget(wanted: Wanted): void {
    this.#wanted = wanted;
  }

  /** Whether others keep the sweep from a slot: then it is woken soon to try again. */
  get waiting(): boolean {
    return this.#timer !== null;
  }

  /** Resolves when it is known which slots can be taken, or when the sweep launches nothing more. */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopLooking = resolve;
      void this.#o.slots.look().then(resolve);
    });
  }

  /** The next free slot; null when there is none, and then `waiting` says whether one is free but for others. */
  acquire(token: string): Slot | null {
    const { slots } = this.#o;
    this.#stop();
    const slot = slots.acquire(token);
    if (slot !== null || slots.blockedBy === null) return slot;
    const memoryOnly = slots.blockedBy.length === 0 && slots.lowMemoryGpus.length > 0;
    const lookMs = memoryOnly ? MEMORY_LOOK_MS : LOOK_MS;
    this.#timer = setTimeout(this.#wake, lookMs + LOOK_SPREAD_MS * Math.random());
    // Last: whoever hears of it may end the waiting.
    this.#tell();
    this.#tellBusy();
    return null;
  }

  /**
   * How the sweep ends now if nothing else keeps it going; null: it waits. A study that owes nothing and has all its
   * trials needs nobody's GPU to find that out.
   */
  async endOfWait(owes: boolean): Promise<SweepEnd | null> {
    if (!(await this.hasAll(owes))) return null;
    this.close();
    const { study } = this.#o;
    const { budget } = this.#wanted;
    return budget !== null && (await study.trialCount()) >= budget ? 'budget' : 'exhausted';
  }

  /** Whether the study has all its trials, and no work is pending. */
  async hasAll(owes: boolean): Promise<boolean> {
    const { study } = this.#o;
    const { total } = this.#wanted;
    return !owes && total !== null && (await study.trialCount()) >= total;
  }

  /** The sweep launches nothing more. */
  close(): void {
    this.#stop();
    this.#stopLooking();
    this.#o.slots.stopWaiting();
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Once for the same sweeps: sharing means waiting after every trial. */
  #tell(): void {
    const holders = this.#o.slots.blockedBy ?? [];
    const pids = [...new Set(holders.map(({ pid }) => pid))].sort().join(' ');
    if (pids === '' || pids === this.#told) return;
    this.#told = pids;
    this.#o.emit({ type: 'waiting-for-gpu', holders });
  }

  /** Once for each GPU: with trials of our own it may be full and free again after every one of them. */
  #tellBusy(): void {
    const gpus = this.#o.slots.lowMemoryGpus.filter(({ device }) => !this.#toldBusy.has(device));
    if (gpus.length === 0) return;
    for (const { device } of gpus) this.#toldBusy.add(device);
    this.#o.emit({ type: 'gpus-low-memory', gpus });
  }
}
