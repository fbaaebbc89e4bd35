import { usageError } from '../core/errors.js';
import { longestComplete } from '../core/last-step.js';
import type { Executor } from '../executors/executor.js';
import { makeFunctionExecutor } from '../executors/function/executor.js';
import { SlotPool } from '../executors/slot-pool.js';
import { readResults } from '../results/results-feed.js';
import { summaryOf } from '../results/savings.js';
import { savingsIn } from '../results/study-digest.js';
import type { SweepEvent } from '../study/events.js';
import { countTrials, type PlanContext, planBudget } from '../study/sweep/budget.js';
import { runSweep } from '../study/sweep/loop.js';
import type { SweepContext } from '../study/sweep/sweep-context.js';
import { DEFAULT_LEASE_MS } from '../study/sweep/worker-lease.js';
import type { OptimizeOptions, OptimizeResult } from './call-options.js';
import { CallbackRunner } from './callback-runner.js';
import type { Improvements } from './improvements.js';
import { openLoggers } from './loggers.js';
import type { TrialLoop } from './loop.js';
import type { ResolvedOptions } from './optimize-options.js';
import type { Stops } from './runs.js';
import { type SavingContext, savingOf } from './saved-states.js';
import { StepBudget } from './step-budget.js';
import { withStopReasons } from './stop-errors.js';
import type { Objective } from './trial-types.js';

/** One call of `optimize` or `run`. */
export type Call = {
  /** What runs a trial: a function of this program, or an executor. */
  readonly runner: Objective | Executor;
  readonly options: OptimizeOptions;
  readonly resolved: ResolvedOptions;
  readonly improvements: Improvements;
  /** The loop that hands out the trials; null in `optimize`. */
  readonly loop: TrialLoop | null;
  /** Aborted when the loop is left: nothing more is started. Null in `optimize`. */
  readonly drain: AbortSignal | null;
};

/** Runs trials with the loop that runs trainers for `hpo optimize`. */
export async function runCall(
  study: SweepContext & PlanContext & SavingContext,
  { runner, options, resolved, improvements, loop, drain: left }: Call,
  { drain, abort, idle }: Stops,
): Promise<OptimizeResult> {
  assertRunner(runner);
  if (left?.aborted) drain.abort();
  left?.addEventListener('abort', () => drain.abort());
  const counts = await countTrials(study);
  const { budget, total, configurations } = planBudget(study, counts, resolved);
  const after = (event: SweepEvent) => loop?.receive(event);
  const callbacks = new CallbackRunner({ options, drain, improvements, after });
  const metrics = study.spec.objectives.map(({ metric }) => metric);
  const places = Array.from({ length: resolved.concurrency }, (_, id) => ({ id, device: 'cpu', env: {} }));
  const pool = new SlotPool(places);
  const { signal } = options;
  // The trials of a loop give reasons of their own.
  const objective =
    typeof runner === 'function' && loop === null
      ? withStopReasons(runner, () => (signal?.aborted ? signal.reason : undefined))
      : runner;
  const steps = stepBudget(study, resolved.epochs);
  const slots = loop?.around(pool) ?? pool;
  const loggers = await openLoggers(study, options, {
    total,
    done: counts.trials,
    slots: resolved.concurrency,
    timeoutMs: resolved.timeoutMs,
  });
  try {
    await runSweep({
      study,
      executor:
        typeof objective === 'function'
          ? makeFunctionExecutor((trial) => callbacks.watch(objective, trial, metrics), metrics, {
              trialTimeoutMs: resolved.trialTimeoutMs,
              maxSteps: study.spec.maxSteps,
              ...savingOf(study),
            })
          : objective,
      slots: steps?.around(slots) ?? slots,
      emit: (event) => {
        steps?.note(event);
        loggers.emit(event);
        callbacks.receive(event);
      },
      budget,
      configurations,
      total,
      epochs: resolved.epochs,
      target: resolved.target,
      patience: resolved.patience,
      timeoutMs: resolved.timeoutMs,
      retryFailed: options.retryFailed ?? false,
      // A function is given its limit when it is called.
      setAttemptLimits: () => {},
      lease: {
        durationMs: DEFAULT_LEASE_MS,
        place: { slots: resolved.concurrency, devices: 'cpu' },
        guard: null,
      },
      failures: resolved.failures,
      drain: drain.signal,
      abort,
      idle,
      now: Date.now,
      // Only loggers receive it.
      ...((options.loggers?.length ?? 0) > 0 && {
        countSavings: async () =>
          summaryOf(savingsIn((await readResults(study.storage, study)).table, study.spec)),
      }),
      ...(loop && { onWait: (hasAll: boolean) => loop.setHasAll(hasAll) }),
    });
  } finally {
    await loggers.close(abort);
  }
  return callbacks.conclude();
}

function stepBudget(study: SweepContext, budget: number | null): StepBudget | null {
  if (budget === null) return null;
  const { storage, id } = study;
  return new StepBudget({
    budget,
    spent: async () => (await storage.count(id, ['epochs'])).epochs,
    fullSteps: async () => study.spec.maxSteps ?? longestComplete(await study.view()),
  });
}

function assertRunner(runner: unknown): void {
  const isExecutor =
    typeof runner === 'object' && runner !== null && 'run' in runner && typeof runner.run === 'function';
  if (typeof runner !== 'function' && !isExecutor)
    throw usageError('optimize.objective', `expected a function to optimize, got ${typeof runner}`);
}
