import { usageError } from '../core/errors.js';
import { TrialPruned } from '../core/trial-pruned.js';
import { finalValues, makeFunctionExecutor } from '../executors/function/executor.js';
import type { FunctionTrial } from '../executors/function/trial.js';
import { SlotPool } from '../executors/slot-pool.js';
import type { SweepEvent } from '../study/events.js';
import { countTrials, type PlanContext, planBudget } from '../study/sweep/budget.js';
import { runSweep } from '../study/sweep/loop.js';
import type { SweepContext } from '../study/sweep/sweep-context.js';
import { isCaught, resolveOptions } from './optimize-options.js';
import type { Stops } from './runs.js';
import type { FinishedTrial, Objective, OptimizeOptions, OptimizeResult } from './types.js';

/** Runs an objective by the loop that `hpo optimize` runs trainers by. */
export async function optimize(
  study: SweepContext & PlanContext,
  objective: Objective,
  options: OptimizeOptions,
  { drain, abort }: Stops,
): Promise<OptimizeResult> {
  if (typeof objective !== 'function')
    throw usageError('optimize.objective', `expected a function to optimize, got ${typeof objective}`);
  const call = resolveOptions(options, study.spec.objectives.length);
  const { budget, total } = planBudget(study, await countTrials(study), call);
  const told = new Told(options, drain);
  const metrics = study.spec.objectives.map(({ metric }) => metric);
  const places = Array.from({ length: call.concurrency }, (_, id) => ({ id, device: 'cpu', env: {} }));
  await runSweep({
    study,
    executor: makeFunctionExecutor(
      (trial) => told.watch(objective, trial, metrics),
      metrics,
      call.trialTimeoutMs,
    ),
    slots: new SlotPool(places),
    emit: (event) => told.hear(event),
    budget,
    total,
    epochs: null,
    target: call.target,
    timeoutMs: call.timeoutMs,
    retryFailed: options.retryFailed ?? false,
    failures: call.failures,
    drain: drain.signal,
    abort,
    now: Date.now,
  });
  return told.conclude();
}

/** What a call hears of its trials, and what it owes its caller: callbacks, and the first error that nobody catches. */
class Told {
  readonly #options: OptimizeOptions;
  readonly #drain: AbortController;
  /** Of trials that run, or have just ended: what they named, and what their objective threw. */
  readonly #trials = new Map<number, { readonly trial: FunctionTrial; error?: unknown; threw: boolean }>();
  readonly #callbacks: Promise<unknown>[] = [];
  #failed: { readonly error: unknown } | null = null;
  #result: OptimizeResult = { end: 'exhausted', detail: '' };

  constructor(options: OptimizeOptions, drain: AbortController) {
    this.#options = options;
    this.#drain = drain;
  }

  async watch(objective: Objective, trial: FunctionTrial, metrics: readonly string[]) {
    const known = { trial, threw: false } as { trial: FunctionTrial; error?: unknown; threw: boolean };
    this.#trials.set(trial.number, known);
    try {
      // Here, so that a result of the wrong shape is an error of the objective like any other.
      const { watched, reported } = hearReports(trial, metrics);
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

  hear(event: SweepEvent): void {
    const { onTrialStart, onWarning = warn } = this.#options;
    if (event.type === 'trial-started' && onTrialStart)
      this.#call(() => onTrialStart({ number: event.trial, seed: event.seed }));
    else if (event.type === 'trial-finished') this.#ended(event);
    else if (event.type === 'warning') this.#call(() => onWarning(event.message, event.trial));
    else if (event.type === 'sweep-finished') this.#result = { end: event.end, detail: event.detail };
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
    // What a function throws because it is asked to end says nothing of it.
    const isLate = known?.trial.signal.reason === 'limit';
    const threw = known?.threw === true && state === 'fail' && !isLate;
    const ended: FinishedTrial = {
      number,
      state,
      params: known?.trial.params ?? {},
      values,
      reason,
      durationMs,
      ...(threw && { error: known.error }),
    };
    const { onTrialEnd } = this.#options;
    if (onTrialEnd) this.#call(() => onTrialEnd(ended));
    if (threw && !isCaught(this.#options.catch, known.error)) this.#fail(known.error);
  }

  /** A callback of the caller's: its error is the call's, as an objective's is. */
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
    this.#drain.abort();
  }
}

/** The trial, and the names of what it reports as it runs: a step's value counts where no final one is returned. */
function hearReports(trial: FunctionTrial, metrics: readonly string[]) {
  const reported = new Set<string>();
  const report: FunctionTrial['report'] = (values, step) => {
    trial.report(values, step);
    for (const name of typeof values === 'number' ? metrics.slice(0, 1) : Object.keys(values))
      reported.add(name);
  };
  // With its getters, as it is.
  const own = { ...Object.getOwnPropertyDescriptors(trial), report: { value: report, enumerable: true } };
  return { watched: Object.defineProperties({}, own) as FunctionTrial, reported };
}

function warn(message: string, trial: number | null): void {
  process.emitWarning(trial === null ? message : `trial ${trial}: ${message}`, 'HpoWarning');
}
