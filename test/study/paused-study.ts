import { int } from '../../src/core/distribution.js';
import type { Outcome } from '../../src/executors/executor.js';
import { Checkpointing } from './checkpointing.js';
import { done, makeSpec, newStudy, opened, sweep } from './harness.js';

/** The steps of a full trial of `makePausedStudy`. */
export const FULL_STEPS = 9;

/**
 * Makes a study `study` of six configurations in a file, whose sweep was interrupted: trials 0 to 2 are paused, at steps 3, 1
 * and 1, and each attempt took a second.
 */
export async function makePausedStudy(url: string): Promise<void> {
  const spec = makeSpec([{ name: 'x', distribution: int(0, 5) }], {
    scheduler: { name: 'asha', options: {} },
    maxSteps: FULL_STEPS,
  });
  const executor: Checkpointing = new Checkpointing(
    async ({ trial, targetStep, params }, hooks): Promise<Outcome> => {
      const from = executor.saved.get(trial) ?? 0;
      const until = Math.min(targetStep ?? FULL_STEPS, FULL_STEPS);
      for (let step = from + 1; step <= until; step++)
        hooks.report([{ name: 'loss', step, value: Number(params.x) + 1 / step }]);
      await hooks.settled();
      executor.saved.set(trial, until);
      return done;
    },
  );
  const drain = new AbortController();
  await sweep(await newStudy(spec, await opened(url)), executor, {
    drain: drain.signal,
    onEvent: (event) => {
      if (event.type === 'trial-paused' && event.step === 3) drain.abort();
    },
  });
}
