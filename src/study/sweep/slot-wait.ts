import type { Slot } from '../../executors/executor.js';
import type { SweepEnd } from '../events.js';
import type { SweepOptions } from './sweep-options.js';

type Options = Pick<SweepOptions, 'slots' | 'emit' | 'study' | 'total' | 'budget' | 'onWait'>;
type Wanted = Pick<Options, 'total' | 'budget'>;

/** How often a GPU that other sweeps hold is checked. The spread keeps waiting sweeps from checking at the same time. */
const LOOK_MS = 200;
const LOOK_SPREAD_MS = 100;
/** The same when only memory is missing: it is read every few seconds anyway. */
const MEMORY_LOOK_MS = 1000;

/** Acquires slots for a sweep, and wakes it regularly while other sweeps of this machine hold the slots. */
export class SlotWait {
  readonly #o: Options;
  readonly #wake: () => void;
  #wanted: Wanted;
  #timer: NodeJS.Timeout | null = null;
  #emittedHolders = '';
  readonly #emittedLowMemory = new Set<string>();
  #stopLooking: () => void = () => {};
  /** The last attempt to launch found nothing to start. */
  nothingLeft = false;

  constructor(options: Options, wake: () => void) {
    this.#o = options;
    this.#wake = wake;
    this.#wanted = options;
  }

  /** Another number of trials is wanted. */
  setBudget(wanted: Wanted): void {
    this.#wanted = wanted;
  }

  /** Whether other sweeps hold a slot that this one needs. Then it is woken soon to try again. */
  get waiting(): boolean {
    return this.#timer !== null;
  }

  /** Resolves when it is known which slots are free, or when the sweep launches nothing more. */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopLooking = resolve;
      void this.#o.slots.look().then(resolve);
    });
  }

  /** Returns the next free slot; null when there is none. `waiting` then says whether only other sweeps block one. */
  acquire(token: string): Slot | null {
    const { slots } = this.#o;
    this.#stop();
    const slot = slots.acquire(token);
    if (slot !== null || slots.blockedBy === null) return slot;
    const memoryOnly = slots.blockedBy.length === 0 && slots.lowMemoryGpus.length > 0;
    const lookMs = memoryOnly ? MEMORY_LOOK_MS : LOOK_MS;
    this.#timer = setTimeout(this.#wake, lookMs + LOOK_SPREAD_MS * Math.random());
    // Emit last: a listener may stop the sweep.
    this.#tell();
    this.#tellBusy();
    return null;
  }

  /**
   * Returns how the sweep ends now; null when it waits. Without pending work and with all trials of the study, it does not
   * wait for a GPU.
   */
  async endOfWait(hasPendingWork: boolean): Promise<SweepEnd | null> {
    if (!(await this.hasAll(hasPendingWork))) return null;
    this.close();
    const { study } = this.#o;
    const { budget } = this.#wanted;
    return budget !== null && (await study.trialCount()) >= budget ? 'budget' : 'exhausted';
  }

  /** Whether the study has all its trials, and no work is pending. */
  async hasAll(hasPendingWork: boolean): Promise<boolean> {
    const { study } = this.#o;
    const { total } = this.#wanted;
    return !hasPendingWork && total !== null && (await study.trialCount()) >= total;
  }

  /** Tells who asked whether everything has been started: `SweepOptions.onWait`. */
  async reportWait(hasPendingWork: boolean, mayComeAgain: boolean): Promise<void> {
    const { onWait } = this.#o;
    if (onWait) onWait(!mayComeAgain && (this.nothingLeft || (await this.hasAll(hasPendingWork))));
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

  /** Emits once for the same holders: sweeps that share GPUs wait after every trial. */
  #tell(): void {
    const holders = this.#o.slots.blockedBy ?? [];
    const pids = [...new Set(holders.map(({ pid }) => pid))].sort().join(' ');
    if (pids === '' || pids === this.#emittedHolders) return;
    this.#emittedHolders = pids;
    this.#o.emit({ type: 'waiting-for-gpu', holders });
  }

  /** Emits once for each GPU: trials of this sweep fill and free its memory again and again. */
  #tellBusy(): void {
    const gpus = this.#o.slots.lowMemoryGpus.filter(({ device }) => !this.#emittedLowMemory.has(device));
    if (gpus.length === 0) return;
    for (const { device } of gpus) this.#emittedLowMemory.add(device);
    this.#o.emit({ type: 'gpus-low-memory', gpus });
  }
}
