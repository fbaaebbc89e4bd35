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

/** Runs an objective with the loop that runs trainers for `hpo optimize`. */
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
  const callbacks = new CallbackRunner(options, drain);
  const metrics = study.spec.objectives.map(({ metric }) => metric);
  const places = Array.from({ length: call.concurrency }, (_, id) => ({ id, device: 'cpu', env: {} }));
  await runSweep({
    study,
    executor: makeFunctionExecutor(
      (trial) => callbacks.watch(objective, trial, metrics),
      metrics,
      call.trialTimeoutMs,
    ),
    slots: new SlotPool(places),
    emit: (event) => callbacks.receive(event),
    budget,
    total,
    epochs: null,
    target: call.target,
    timeoutMs: call.timeoutMs,
    retryFailed: options.retryFailed ?? false,
    // A function is given its limit when it is called.
    setAttemptLimits: () => {},
    failures: call.failures,
    drain: drain.signal,
    abort,
    now: Date.now,
  });
  return callbacks.conclude();
}

/** Calls the caller's callbacks during one call, and keeps the first error that `catch` does not match. */
class CallbackRunner {
  readonly #options: OptimizeOptions;
  readonly #drain: AbortController;
  /** Trials that run or have just ended, and what their objective threw. */
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
    // An error that a function throws because it was asked to end is not its own.
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
    this.#drain.abort();
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
