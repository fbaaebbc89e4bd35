import type { Params } from '../core/distribution.js';
import type { Executor, MetricPoint, Outcome, RunHooks, RunnableAttempt } from './executor.js';

/** One trial as the library's objective sees it. */
export type FunctionTrial = {
  readonly number: number;
  readonly params: Params;
  readonly seed: number;
  /** Tells metrics of a step (an integer >= 0); a bare number is the first objective's. */
  report(values: number | Readonly<Record<string, number>>, step: number): void;
  /** Aborted when the trial was pruned or the sweep is ended: the objective should return soon. */
  readonly signal: AbortSignal;
};
export type ObjectiveResult = number | Readonly<Record<string, number>>;
export type ObjectiveFunction = (trial: FunctionTrial) => ObjectiveResult | Promise<ObjectiveResult>;

/**
 * Runs a function of this program as a trial. A bare number it returns is the final value of `metric`, a record gives
 * final values by name; a throw is exit code 1. A function cannot be ended from outside: it is asked by its signal.
 */
export function makeFunctionExecutor(objective: ObjectiveFunction, metric: string): Executor {
  return {
    locate: () => '',
    run: (attempt, hooks) => runObjective(objective, metric, attempt, hooks),
    resume: async () => ({
      kind: 'not-started',
      reason: 'it ran inside a program that has ended',
      fatal: false,
    }),
    clear: async () => {},
  };
}

async function runObjective(
  objective: ObjectiveFunction,
  metric: string,
  attempt: RunnableAttempt,
  hooks: RunHooks,
): Promise<Outcome> {
  const points = (values: ObjectiveResult, step: number | null): MetricPoint[] =>
    Object.entries(typeof values === 'number' ? { [metric]: values } : values).map(([name, value]) => ({
      name,
      step,
      value,
    }));
  try {
    const result = await objective({
      number: attempt.trial,
      params: attempt.params,
      seed: attempt.seed,
      signal: hooks.signal,
      report(values, step) {
        if (!Number.isSafeInteger(step) || step < 0) {
          throw new RangeError(`step must be an integer >= 0, got ${step}`);
        }
        hooks.report(points(values, step));
      },
    });
    // The library is called from JavaScript too, where a forgotten return is undefined.
    if (typeof result !== 'number' && (typeof result !== 'object' || result === null)) {
      throw new TypeError(`the objective must return a number or a record of numbers, got ${result}`);
    }
    hooks.report(points(result, null));
    return { kind: 'exited', exitCode: 0, finishedAtMs: Date.now(), tail: [] };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'exited', exitCode: 1, finishedAtMs: Date.now(), tail: text.split('\n').slice(0, 20) };
  }
}
