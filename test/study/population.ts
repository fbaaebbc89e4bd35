import { float } from '../../src/core/distribution.js';
import type { Outcome, RunHooks, RunnableAttempt } from '../../src/executors/executor.js';
import { Checkpointing } from './checkpointing.js';
import { done, makeSpec, T0 } from './harness.js';

/** The steps of a full trial of a population. */
export const MAX_STEPS = 6;

/** A population of four members that are compared after steps 2 and 4. */
export const populationSpec = (options: Record<string, number> = {}) =>
  makeSpec([{ name: 'x', distribution: float(0, 10) }], {
    scheduler: { name: 'pbt', options: { population: 4, interval: 2, ...options } },
    maxSteps: MAX_STEPS,
    sampler: { name: 'random', options: {} },
  });

export type Trained = { readonly trial: number; readonly epoch: number }[];

/** A trainer whose loss is x and falls with the steps; it saves after each report. */
export function populationTrainer(trained: Trained, saves = true): Checkpointing {
  const executor: Checkpointing = new Checkpointing(
    async (attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome> => {
      const { trial, targetStep, params, copy } = attempt;
      const copied = executor.copies.get(copy ?? '');
      if (copied !== undefined) executor.saved.set(trial, copied);
      executor.copies.delete(copy ?? '');
      const until = Math.min(targetStep ?? MAX_STEPS, MAX_STEPS);
      for (let epoch = (executor.saved.get(trial) ?? 0) + 1; epoch <= until; epoch++) {
        if (hooks.signal.aborted) break;
        trained.push({ trial, epoch });
        hooks.report([{ name: 'loss', step: epoch, value: Number(params.x) + 1 / epoch }]);
        await hooks.settled();
        if (saves) executor.saved.set(trial, epoch);
      }
      return hooks.signal.aborted
        ? {
            kind: 'exited',
            exitCode: 143,
            finishedAtMs: T0 + 1000,
            logTail: [],
            stoppedFor: hooks.signal.reason,
          }
        : done;
    },
  );
  return executor;
}
