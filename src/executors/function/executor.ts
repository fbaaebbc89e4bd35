import type { ParamValue } from '../../core/distribution.js';
import { HpoError, usageError } from '../../core/errors.js';
import { isMapping } from '../../core/mapping.js';
import { isRunMetric, type RunMetric } from '../../core/run-metrics.js';
import { TrialPruned } from '../../core/trial-pruned.js';
import type { Aliveness, Executor, Outcome, RunHooks, RunnableAttempt } from '../executor.js';
import { FUNCTION_HANDLE } from '../handle.js';
import { withWitnessedEnd } from '../witnessed-end.js';
import { checkpointsInMemory } from './checkpoints/in-memory.js';
import type { SavedStates } from './checkpoints/saved-state.js';
import { AttemptCheckpoint } from './checkpoints/trial-checkpoint.js';
import { endedWithProgram } from './ended-with-program.js';
import { TrialLeft } from './left.js';
import { withTimeout } from './timeout.js';
import { type FunctionTrial, makeFunctionTrial, toPoints } from './trial.js';

/** One objective's value, a list with one for each objective, or values by the names of the metrics. */
export type ObjectiveResult = number | readonly number[] | Readonly<Record<string, number>>;
export type ObjectiveFunction = (trial: FunctionTrial) => ObjectiveResult | Promise<ObjectiveResult>;

/** What a function's executor may have beside its objective. */
export type FunctionOptions = {
  /** How long a trial may run; null: as long as it takes. */
  readonly trialTimeoutMs: number | null;
  /** The last step of a full trial; null where nobody has named it. */
  readonly maxSteps: number | null;
  /** Where trials save. Default: in memory. */
  readonly states: SavedStates;
  /** Returns the steps that a trial has reported. */
  readonly reported: (trial: number) => Promise<readonly number[]>;
};

type Saving = Pick<FunctionOptions, 'states' | 'reported'>;
type Running = {
  readonly attempt: RunnableAttempt;
  readonly hooks: RunHooks;
  readonly checkpoint: AttemptCheckpoint;
};

/** The only metric that is measured of a function. */
const DURATION: RunMetric = 'hpo.duration_s';
/** The end of an attempt that had nothing left to do. */
const PAUSED = () =>
  ({ kind: 'exited', exitCode: 0, finishedAtMs: Date.now(), logTail: [], stoppedFor: 'paused' }) as const;
const NOT_STARTED: Outcome = {
  kind: 'not-started',
  reason: 'it was asked to end before it began',
  fatal: false,
};
/** How many lines of an error are kept for the report of a failure. */
const TAIL_LINES = 20;

/**
 * Runs a function of this program as a trial. What it returns are the final values of the objectives, whose names are
 * `metrics`, except for its duration, which is measured. A throw counts as exit code 1, and TrialPruned as the end of a pruned trial. A function cannot be ended from
 * outside: its signal asks it to end, and it is waited for. Only one that exceeds a time limit is abandoned after a
 * moment, and what it reports after that is dropped.
 */
export function makeFunctionExecutor(
  objective: ObjectiveFunction,
  metrics: readonly string[],
  options: Partial<FunctionOptions> = {},
): Executor {
  const { trialTimeoutMs = null, maxSteps = null } = options;
  const saving: Saving = {
    states: options.states ?? checkpointsInMemory({}, 0),
    reported: options.reported ?? (async () => []),
  };
  /** By token: what this executor has started. Other programs' functions cannot be seen. */
  const started = new Map<string, Aliveness>();
  const unmeasured = metrics.find((name) => isRunMetric(name) && name !== DURATION);
  if (unmeasured !== undefined)
    throw usageError(
      'metrics.not-measurable',
      `expected metrics that a function can have, got ${unmeasured}`,
      {
        fix: `of a function only ${DURATION} is measured: its CPU time and memory are those of the whole program`,
      },
    );
  return {
    kind: 'function',
    allocate: () => FUNCTION_HANDLE,
    run: async (attempt, hooks) => {
      started.set(attempt.token, 'alive');
      try {
        const checkpoint = await openCheckpoint(saving, attempt, hooks);
        if (hooks.signal.aborted) return NOT_STARTED;
        if (wasPaused(attempt, checkpoint.startStep, maxSteps)) return PAUSED();
        const run = (limited: RunHooks) =>
          runObjective(objective, metrics, { attempt, hooks: limited, checkpoint });
        return await withWitnessedEnd(attempt.startedAtMs, () =>
          trialTimeoutMs === null ? run(hooks) : withTimeout(trialTimeoutMs, hooks, run),
        ).finally(() => checkpoint.close());
      } finally {
        started.set(attempt.token, 'ended');
      }
    },
    reattach: async (attempt) => endedWithProgram(attempt),
    isAlive: async ({ token }) => started.get(token) ?? 'unknown',
    cancel: async ({ token }) => ({
      kind: started.get(token) === 'ended' ? 'had-ended' : 'out-of-reach',
    }),
    // What a function prints goes where its program prints.
    async *logs() {},
    cleanup: async () => [],
    checkpoints: saving.states,
  };
}

async function openCheckpoint(
  { states, reported }: Saving,
  { trial, copy }: RunnableAttempt,
  hooks: RunHooks,
): Promise<AttemptCheckpoint> {
  if (copy !== null) await states.begin(trial, copy);
  const saved = (step: number) => hooks.saved(step);
  return AttemptCheckpoint.open({ states, trial, saved, settled: () => hooks.settled() }, reported);
}

/** Whether the attempt before was killed when it had reached the target step: nothing is left to do before the pause. */
function wasPaused({ targetStep }: RunnableAttempt, startStep: number, maxSteps: number | null): boolean {
  const isFull = maxSteps !== null && startStep >= maxSteps;
  return startStep > 0 && targetStep !== null && startStep >= targetStep && !isFull;
}

async function runObjective(
  objective: ObjectiveFunction,
  metrics: readonly string[],
  { attempt, hooks, checkpoint }: Running,
): Promise<Outcome> {
  const named = new Map<string, ParamValue>();
  const trial = makeFunctionTrial({
    number: attempt.trial,
    seed: attempt.seed,
    startStep: checkpoint.startStep,
    targetStep: attempt.targetStep,
    checkpoint: checkpoint.checkpoint,
    metric: metrics[0] ?? 'objective',
    signal: () => hooks.signal,
    params: () => (attempt.defineByRun ? Object.fromEntries(named) : attempt.params),
    suggest(name, distribution) {
      const value = hooks.suggest(name, distribution);
      named.set(name, value);
      return value;
    },
    report(points) {
      const [first] = points;
      if (first && first.step !== null) checkpoint.noteReport(first.step);
      hooks.report(points);
    },
    settled: () => hooks.settled(),
  });
  const returned = metrics.filter((name) => name !== DURATION);
  const startedAt = performance.now();
  try {
    const result = await objective(trial);
    const durationS = (performance.now() - startedAt) / 1000;
    // One that is only measured may return nothing.
    if (returned.length > 0) hooks.report(toPoints(finalValues(result, returned), null));
    if (returned.length < metrics.length) hooks.report([{ name: DURATION, step: null, value: durationS }]);
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
      ...(error instanceof TrialLeft && { isFinal: true as const }),
    };
  }
}

/**
 * Returns what an objective returned, by the names of the metrics.
 * @throws TypeError when it returned anything else.
 */
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
  if (error instanceof TrialLeft) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
