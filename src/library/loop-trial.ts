import { usageError } from '../core/errors.js';
import type { Attrs, TrialState } from '../core/trial.js';
import { TrialPruned } from '../core/trial-pruned.js';
import { TrialLeft } from '../executors/function/left.js';
import type { FunctionTrial } from '../executors/function/trial.js';
import { makeAttrs } from './attrs.js';
import { toValues } from './result-values.js';
import { stopReason } from './stop-errors.js';
import type { RunningTrial } from './trial-types.js';

/** Who ended a trial: the program, or something else (an abort, a limit, a loop that was left). */
type EndedBy = 'program' | 'other' | null;

type TrialHooks = {
  readonly metrics: readonly string[];
  readonly writeAttrs: (number: number, attrs: Attrs) => Promise<unknown>;
  /** What the program aborted the call with; undefined while it has not. */
  readonly abortReason: () => unknown;
};

/** One trial that a loop has handed out. Its objective is a promise that the program settles. */
export class LoopTrial {
  readonly trial: RunningTrial;
  readonly number: number;
  /** What the executor waits for: the values of the objectives. */
  readonly objective: Promise<readonly number[]>;
  /** Resolves when the end is stored, with the state of the trial then. */
  readonly stored: Promise<TrialState>;
  readonly #metrics: readonly string[];
  readonly #abortReason: () => unknown;
  readonly #stop = new AbortController();
  #resolve: (values: readonly number[]) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #storedAs: (state: TrialState) => void = () => {};
  #lost: (error: unknown) => void = () => {};
  #endedBy: EndedBy = null;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(given: FunctionTrial, { metrics, writeAttrs, abortReason }: TrialHooks) {
    this.number = given.number;
    this.#abortReason = abortReason;
    this.#metrics = metrics;
    this.objective = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.stored = new Promise((resolve, reject) => {
      this.#storedAs = resolve;
      this.#lost = reject;
    });
    // Its readers get the error; often there are none.
    this.stored.catch(() => {});
    this.objective.catch(() => {});
    const { signal } = given;
    const stopped = () => this.#stopped(signal.reason);
    if (signal.aborted) stopped();
    signal.addEventListener('abort', stopped, { once: true });
    const attrs = makeAttrs((values) => {
      this.#writing = Promise.all([this.#writing, writeAttrs(this.number, values)]);
      // Reported when the trial ends.
      this.#writing.catch(() => {});
    });
    const members = {
      attrs,
      signal: this.#stop.signal,
      complete: async (values: unknown) => {
        const list = toValues(this.#metrics, values);
        return this.#end(() => this.#resolve(list));
      },
      fail: async (reason?: unknown) => this.#end(() => this.#reject(toFailure(reason))),
      prune: async (reason?: string) => this.#end(() => this.#reject(new TrialPruned(reason))),
    };
    const all = { ...Object.getOwnPropertyDescriptors(given), ...Object.getOwnPropertyDescriptors(members) };
    this.trial = Object.defineProperties({}, all) as RunningTrial;
  }

  /** Whether nobody has ended it. */
  get isOpen(): boolean {
    return this.#endedBy === null;
  }

  /** The program continues without it: it fails. */
  leave(why: string): void {
    if (!this.isOpen) return;
    this.#endedBy = 'other';
    this.#stop.abort(stopReason(this.number, 'interrupted', this.#abortReason));
    this.#reject(new TrialLeft(why));
  }

  /** The end is stored. */
  end(state: TrialState): void {
    this.#endedBy ??= 'other';
    this.#storedAs(state);
  }

  /** The end could not be stored. */
  lose(error: unknown): void {
    this.#endedBy ??= 'other';
    this.#lost(error);
  }

  async #end(settle: () => void): Promise<TrialState> {
    if (this.#endedBy === 'program')
      throw usageError('trial.finished', `trial ${this.number} has an end already`, {
        fix: 'call complete, fail or prune once for each trial',
      });
    if (this.#endedBy === null) {
      this.#endedBy = 'program';
      await this.#writing.catch((error: unknown) => this.#rejectWith(error));
      settle();
    }
    return this.stored;
  }

  #rejectWith(error: unknown): never {
    this.#reject(error);
    throw error;
  }

  /** The sweep or a limit asks for its end. A pruned trial is still ended by its program, which may have values for it. */
  #stopped(reason: unknown): void {
    this.#stop.abort(stopReason(this.number, reason, this.#abortReason));
    if (reason === 'pruned' || !this.isOpen) return;
    this.#endedBy = 'other';
    this.#reject(new Error(`the trial was asked to end (${String(reason)})`));
  }
}

/** An error that prunes would not fail the trial. */
function toFailure(reason: unknown): unknown {
  if (reason === undefined || reason instanceof TrialPruned)
    return reason?.message ?? 'the program failed it';
  return reason;
}
