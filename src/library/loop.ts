import type { Attrs } from '../core/trial.js';
import type { FunctionTrial } from '../executors/function/trial.js';
import type { SweepEvent } from '../study/events.js';
import type { Slots } from '../study/sweep/sweep-options.js';
import type { OptimizeResult } from './call-options.js';
import { LoopGate } from './loop-gate.js';
import { LoopTrial } from './loop-trial.js';
import type { RunningTrial } from './trial-types.js';

/** What a loop is part of. */
export type LoopHooks = {
  /** Runs the study; `objective` is called for each trial. Called once. */
  readonly start: (loop: TrialLoop) => Promise<OptimizeResult>;
  /** Starts no further trial. */
  readonly drain: () => void;
  readonly writeAttrs: (number: number, attrs: Attrs) => Promise<unknown>;
  readonly metrics: readonly string[];
  readonly concurrency: number;
  /** Receives what nobody waits for any more. */
  readonly warn: (error: unknown) => void;
  /** A trial that fails comes again. */
  readonly retries: boolean;
  /** What the program aborted the call with; undefined while it has not. */
  readonly abortReason: () => unknown;
  /** How long nothing is said of trials that the loop waits for. */
  readonly quietMs: number;
};

type Waiter = {
  readonly resolve: (result: IteratorResult<RunningTrial>) => void;
  readonly reject: (error: unknown) => void;
};

/** Events after which a trial may come again. */
const RUNS_AGAIN: readonly SweepEvent['type'][] = ['trial-requeued', 'trial-taken-over', 'trial-paused'];
const DONE: IteratorResult<RunningTrial> = { done: true, value: undefined };

class TrialWarning extends Error {
  override readonly name = 'HpoWarning';
}

/**
 * Hands out the trials of a sweep one by one: a sweep whose objective is a promise that the program settles. At most
 * `concurrency` trials are open. It ends when no further trial can come, without waiting for the open ones; with retries, and
 * where one of them may be paused, it waits, since those come again.
 */
export class TrialLoop implements AsyncIterableIterator<RunningTrial> {
  readonly #o: LoopHooks;
  readonly #gate: LoopGate;
  readonly #open = new Map<number, LoopTrial>();
  readonly #ready: LoopTrial[] = [];
  readonly #waiters: Waiter[] = [];
  #running: Promise<OptimizeResult> | null = null;
  /** Nothing more is started. */
  #isOver = false;
  #isEnded = false;
  /** Whether everything that the call wants has been started, and no open trial may be paused. */
  #hasAll = false;
  #isDone = false;
  #hasWarned = false;

  constructor(hooks: LoopHooks) {
    this.#o = hooks;
    this.#gate = new LoopGate(() => this.#waiters.length - this.#ready.length);
  }

  /** Whether the loop of the program has ended by itself. Trials may be open still. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Numbers of the trials that nobody has ended. */
  get openTrials(): readonly number[] {
    return [...this.#open.values()].filter(({ isOpen }) => isOpen).map(({ number }) => number);
  }

  /** Resolves when the trials that have an end are stored, or could not be. */
  async endingStored(): Promise<void> {
    const ending = [...this.#open.values()].filter(({ isOpen }) => !isOpen);
    await Promise.allSettled(ending.map(({ stored }) => stored));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<RunningTrial>> {
    if (this.#o.concurrency === 1) {
      const [forgotten] = this.openTrials;
      if (forgotten !== undefined) this.#warnOfForgotten(forgotten);
      await this.#leaveOpen('the loop asked for the next trial before this one had an end');
    }
    if (this.#running === null) {
      this.#running = this.#start();
      // Open trials get the error, and the loop where it waits.
      this.#running.catch(() => {});
    }
    const quiet = setTimeout(() => this.#nameOpen(), this.#o.quietMs);
    quiet.unref();
    const result = await new Promise<IteratorResult<RunningTrial>>((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#settle();
      this.#gate.open();
    }).finally(() => clearTimeout(quiet));
    this.#isDone ||= result.done === true;
    // Nothing is open: what callbacks threw belongs to the loop.
    if (result.done && this.#open.size === 0) await this.#running;
    else if (result.done) this.#running.catch(this.#o.warn);
    return result;
  }

  /** The loop was left by break or a throw. */
  async return(): Promise<IteratorResult<RunningTrial>> {
    this.#isOver = true;
    this.#o.drain();
    this.#gate.open(true);
    await this.#leaveOpen('the loop was left before this trial had an end');
    this.#settle();
    await this.#running;
    return DONE;
  }

  async throw(error: unknown): Promise<IteratorResult<RunningTrial>> {
    await this.return();
    throw error;
  }

  /** The objective of the sweep: hands out the trial and waits for its end. */
  readonly objective = (given: FunctionTrial): Promise<readonly number[]> => {
    const trial = new LoopTrial(given, this.#o);
    this.#gate.delivered(trial.number);
    this.#open.set(trial.number, trial);
    if (trial.isOpen) this.#ready.push(trial);
    this.#settle();
    return trial.objective;
  };

  around(slots: Slots): Slots {
    return this.#gate.around(slots);
  }

  /** Whether the sweep has started everything that it is to start, open trials that fail aside. */
  setHasAll(hasAll: boolean): void {
    this.#hasAll = hasAll;
    this.#settle();
  }

  /** Called after listeners of the event. */
  receive(event: SweepEvent): void {
    if (event.type === 'trial-finished') this.#ended(event.trial)?.end(event.state);
    else if (RUNS_AGAIN.includes(event.type) && 'trial' in event && event.trial !== null)
      this.#ended(event.trial)?.end('running');
    else if (event.type === 'stopping') {
      this.#isOver = true;
      this.#settle();
    }
  }

  /** Without this a program whose body forgets to end trials would wait in silence. */
  #nameOpen(): void {
    const open = this.openTrials;
    if (open.length < this.#o.concurrency) return;
    this.#o.warn(
      new TrialWarning(
        `trials without an end: ${open.join(', ')}. The loop waits until complete, fail or prune is called for one of them`,
      ),
    );
  }

  #warnOfForgotten(number: number): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#o.warn(
      new TrialWarning(
        `trial ${number} failed: the body asked for the next trial without calling complete, fail or prune`,
      ),
    );
  }

  #ended(number: number): LoopTrial | undefined {
    const trial = this.#open.get(number);
    this.#open.delete(number);
    const at = trial === undefined ? -1 : this.#ready.indexOf(trial);
    if (at >= 0) this.#ready.splice(at, 1);
    return trial;
  }

  /** Fails the trials that have no end, and waits until those and the ones that are ending are stored. */
  async #leaveOpen(why: string): Promise<void> {
    const open = [...this.#open.values()];
    for (const trial of open) trial.leave(why);
    await Promise.all(open.map((trial) => trial.stored));
  }

  async #start(): Promise<OptimizeResult> {
    const running = this.#o.start(this);
    try {
      return await running;
    } catch (error) {
      for (const trial of this.#open.values()) trial.lose(error);
      for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
      throw error;
    } finally {
      this.#isEnded = true;
      this.#settle();
    }
  }

  #settle(): void {
    while (this.#waiters.length > 0 && this.#ready.length > 0) {
      const value = (this.#ready.shift() as LoopTrial).trial;
      this.#waiters.shift()?.resolve({ done: false, value });
    }
    const isLast = this.#isOver || (this.#hasAll && !this.#o.retries);
    if (!this.#isEnded && (!isLast || this.#gate.isBusy)) return;
    if (this.#waiters.length > 0 || this.#isOver) this.#gate.open(true);
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(DONE);
  }
}
