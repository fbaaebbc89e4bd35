import type { Params } from '../core/distribution.js';
import { TrialPruned } from '../core/trial-pruned.js';
import { finalValues } from '../executors/function/executor.js';
import type { FunctionTrial } from '../executors/function/trial.js';
import type { SweepEvent } from '../study/events.js';
import type { OptimizeOptions, OptimizeResult } from './call-options.js';
import type { Improvements } from './improvements.js';
import { isCaught } from './optimize-options.js';
import type { FinishedTrial, Objective } from './trial-types.js';

type Known = { readonly params: Params; trial?: FunctionTrial; error?: unknown; threw: boolean };

type Run = {
  readonly options: OptimizeOptions;
  readonly drain: AbortController;
  readonly improvements: Improvements;
  /** Receives each event after the callbacks. */
  readonly after: (event: SweepEvent) => void;
};

/** Calls the caller's callbacks during one call, and keeps the first error that `catch` does not match. */
export class CallbackRunner {
  readonly #o: Run;
  /** Trials that run or have just ended, and what their objective threw. */
  readonly #trials = new Map<number, Known>();
  readonly #callbacks: Promise<unknown>[] = [];
  #failed: { readonly error: unknown } | null = null;
  #result: OptimizeResult = { end: 'exhausted', detail: '' };

  constructor(run: Run) {
    this.#o = run;
  }

  async watch(objective: Objective, trial: FunctionTrial, metrics: readonly string[]) {
    const known: Known = this.#trials.get(trial.number) ?? { params: {}, threw: false };
    known.trial = trial;
    this.#trials.set(trial.number, known);
    try {
      // Checked here, so that a result of the wrong shape counts as an error of the objective.
      const { watched, reported } = watchReports(trial, metrics);
      const values = finalValues(await objective(watched), metrics);
      const missing = metrics.filter((name) => !(name in values) && !reported.has(name));
      if (missing.length > 0)
        throw new TypeError(
          `expected a value for ${missing.join(' and ')} (the study's metrics), got ${Object.keys(values).join(', ') || 'none'}`,
        );
      return values;
    } catch (error) {
      if (!(error instanceof TrialPruned)) Object.assign(known, { error, threw: true });
      throw error;
    }
  }

  receive(event: SweepEvent): void {
    const { onTrialStart, onWarning = warn } = this.#o.options;
    if (event.type === 'trial-started') {
      this.#trials.set(event.trial, { params: event.params, threw: false });
      if (onTrialStart) this.#call(() => onTrialStart({ number: event.trial, seed: event.seed }));
    } else if (event.type === 'trial-finished') {
      this.#ended(event);
      return;
    } else if (event.type === 'warning') this.#call(() => onWarning(event.message, event.trial));
    else if (event.type === 'sweep-finished') this.#result = { end: event.end, detail: event.detail };
    this.#o.after(event);
  }

  async conclude(): Promise<OptimizeResult> {
    await Promise.all(this.#callbacks);
    if (this.#failed) throw this.#failed.error;
    return this.#result;
  }

  #ended(event: Extract<SweepEvent, { type: 'trial-finished' }>): void {
    const { trial: number, state, values, reason, durationMs } = event;
    const known = this.#trials.get(number);
    this.#trials.delete(number);
    // An error that a function throws because it was asked to end is not its own.
    const isLate = known?.trial?.signal.reason === 'limit';
    const threw = known?.threw === true && state === 'fail' && !isLate;
    const ended: FinishedTrial = {
      number,
      state,
      params: known?.trial?.params ?? known?.params ?? {},
      values,
      reason,
      durationMs,
      ...(threw && { error: known.error }),
    };
    const { options, improvements, after } = this.#o;
    const { onTrialEnd } = options;
    if (onTrialEnd) this.#call(() => onTrialEnd(ended));
    if (threw && !isCaught(options.catch, known.error)) this.#fail(known.error);
    if (state !== 'complete' || !improvements.isWanted) {
      after(event);
      return;
    }
    // Listeners are called before the program continues after the trial.
    this.#call(() => improvements.check(number).finally(() => after(event)));
  }

  /** Calls a callback; its error becomes the error of the call, as an error of the objective does. */
  #call(callback: () => unknown): void {
    try {
      const result = callback();
      if (result instanceof Promise)
        this.#callbacks.push(result.catch((error: unknown) => this.#fail(error)));
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failed ??= { error };
    this.#o.drain.abort();
  }
}

/** Returns the trial and the names that it reports: a value of a step counts when no final one is returned. */
function watchReports(trial: FunctionTrial, metrics: readonly string[]) {
  const reported = new Set<string>();
  const report: FunctionTrial['report'] = (values, step) => {
    trial.report(values, step);
    for (const name of typeof values === 'number' ? metrics.slice(0, 1) : Object.keys(values))
      reported.add(name);
  };
  // Descriptors keep its getters.
  const own = { ...Object.getOwnPropertyDescriptors(trial), report: { value: report, enumerable: true } };
  return { watched: Object.defineProperties({}, own) as FunctionTrial, reported };
}

function warn(message: string, trial: number | null): void {
  process.emitWarning(trial === null ? message : `trial ${trial}: ${message}`, 'HpoWarning');
}
