import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { Outcome, RunHooks, RunnableAttempt } from '../../src/executors/executor.js';
import { Checkpointing } from './checkpointing.js';
import { done, makeSpec, newStudy, rows, sweep } from './harness.js';

const LAST = 9;
const spec = (scheduler: string) =>
  makeSpec([{ name: 'x', distribution: int(0, 40) }], {
    scheduler: { name: scheduler, options: {} },
    maxSteps: LAST,
    sampler: { name: 'random', options: {} },
  });

/** A trainer that obeys its target, saves after each epoch and counts what it trains. */
function trainer(): Checkpointing & { readonly trained: () => number } {
  let epochs = 0;
  const executor = new Checkpointing(
    async ({ trial, targetStep, params, copy }: RunnableAttempt, hooks: RunHooks): Promise<Outcome> => {
      const copied = executor.copies.get(copy ?? '');
      if (copied !== undefined) executor.saved.set(trial, copied);
      executor.copies.delete(copy ?? '');
      for (let epoch = (executor.saved.get(trial) ?? 0) + 1; epoch <= (targetStep ?? LAST); epoch++) {
        epochs++;
        hooks.report([{ name: 'loss', step: epoch, value: Number(params.x) + 1 / epoch }]);
        await hooks.settled();
        executor.saved.set(trial, epoch);
      }
      return done;
    },
  );
  return Object.assign(executor, { trained: () => epochs });
}

test.each(['auto', 'asha', 'hyperband', 'epochs', 'pbt'])(
  '%s ends with results, within its budget of steps, whatever runs beside',
  async (name) => {
    for (const concurrency of [1, 3]) {
      const study = await newStudy(spec(name));
      const executor = trainer();
      await sweep(study, executor, { epochs: 50, slots: concurrency });
      expect(executor.trained()).toBeLessThanOrEqual(50);
      const states = (await rows(study)).map(({ state }) => state);
      expect(states.filter((state) => state === 'complete').length).toBeGreaterThanOrEqual(2);
      expect(states).not.toContain('running');
    }
  },
);

test('a scheduler knows what is left of hours or of a cost, as steps', async () => {
  const study = await newStudy(spec('asha'));
  const executor = trainer();
  // A step costs a quarter of an hour.
  const hours = 10;
  const spending = {
    limit: { steps: null, hours, metric: null },
    change: () => {},
    check: async () => (executor.trained() >= 4 * hours ? 'spent' : null),
    stepsLeft: async () => (executor.trained() === 0 ? null : 4 * hours - executor.trained()),
  };
  const { end } = await sweep(study, executor, { spending });
  expect(end).toBe('spent');
  expect(executor.trained()).toBeLessThanOrEqual(40);
  expect(executor.trained()).toBeGreaterThan(40 - LAST);
  expect((await rows(study)).filter(({ state }) => state === 'complete').length).toBeGreaterThanOrEqual(1);
});
