import type { ParamValue } from '../../core/distribution.js';
import { HpoError } from '../../core/errors.js';
import { isMapping } from '../../core/mapping.js';
import { TrialPruned } from '../../core/trial-pruned.js';
import type { Executor, Outcome, RunHooks, RunnableAttempt } from '../executor.js';
import { withWitnessedEnd } from '../witnessed-end.js';
import { withTimeout } from './timeout.js';
import { type FunctionTrial, makeFunctionTrial, toPoints } from './trial.js';

/** One objective's value, a list with one for each objective, or values by the names of the metrics. */
export type ObjectiveResult = number | readonly number[] | Readonly<Record<string, number>>;
export type ObjectiveFunction = (trial: FunctionTrial) => ObjectiveResult | Promise<ObjectiveResult>;

/** Lines of an error that are kept for a failure's report. */
const TAIL_LINES = 20;

/**
 * Runs a function of this program as a trial. What it returns are the final values of the objectives, whose names are
 * `metrics`; a throw is exit code 1, and TrialPruned the end of a pruned trial. A function cannot be ended from outside:
 * it is asked by its signal, and waited for; only where it breaks a limit of time it is left after a moment, and what it
 * does then is heard no more.
 */
export function makeFunctionExecutor(
  objective: ObjectiveFunction,
  metrics: readonly string[],
  trialTimeoutMs: number | null = null,
): Executor {
  return {
    allocate: () => '',
    canReattach: (dir) => dir === '',
    run: (attempt, hooks) =>
      withWitnessedEnd(attempt.startedAtMs, () =>
        trialTimeoutMs === null
          ? runObjective(objective, metrics, attempt, hooks)
          : withTimeout(trialTimeoutMs, hooks, (limited) =>
              runObjective(objective, metrics, attempt, limited),
            ),
      ),
    reattach: async () => ({
      kind: 'not-started',
      reason: 'it ran inside a program that has ended',
      fatal: false,
    }),
    cleanup: async () => [],
    checkpoints: null,
  };
}

async function runObjective(
  objective: ObjectiveFunction,
  metrics: readonly string[],
  attempt: RunnableAttempt,
  hooks: RunHooks,
): Promise<Outcome> {
  const named = new Map<string, ParamValue>();
  const trial = makeFunctionTrial({
    number: attempt.trial,
    seed: attempt.seed,
    metric: metrics[0] ?? 'objective',
    signal: () => hooks.signal,
    params: () => (attempt.defineByRun ? Object.fromEntries(named) : attempt.params),
    suggest(name, distribution) {
      const value = hooks.suggest(name, distribution);
      named.set(name, value);
      return value;
    },
    report: (points) => hooks.report(points),
    judged: async () => hooks.settled(),
  });
  try {
    hooks.report(toPoints(finalValues(await objective(trial), metrics), null));
    return { kind: 'exited', exitCode: 0, finishedAtMs: Date.now(), logTail: [] };
  } catch (error) {
    const ended = { kind: 'exited', finishedAtMs: Date.now() } as const;
    if (error instanceof TrialPruned)
      return { ...ended, exitCode: 0, logTail: [], selfPruned: error.message };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      ...ended,
      exitCode: 1,
      logTail: text.split('\n').slice(0, TAIL_LINES),
      failure: failureText(error),
    };
  }
}

/** What an objective returned, by the names of the metrics. @throws TypeError when it is nothing of the kind. */
export function finalValues(result: unknown, metrics: readonly string[]): Readonly<Record<string, number>> {
  const values = typeof result === 'number' ? [result] : result;
  if (Array.isArray(values) && values.length === metrics.length)
    return Object.fromEntries(metrics.map((name, k) => [name, values[k] as number]));
  // The library is called from JavaScript too, where a forgotten return is undefined.
  if (isMapping(values)) return values as Readonly<Record<string, number>>;
  const expected = metrics.length === 1 ? 'a number' : `a list of ${metrics.length} numbers`;
  const got = Array.isArray(result) ? `a list of ${result.length}` : String(result);
  throw new TypeError(
    `the objective must return ${expected}, or numbers by the names of metrics, got ${got}`,
  );
}

function failureText(error: unknown): string {
  if (error instanceof HpoError) return `error[${error.code}]: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
