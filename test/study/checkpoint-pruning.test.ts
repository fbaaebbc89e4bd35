import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import { NO_FAILURE_RULES } from '../../src/study/sweep/failures.js';
import { Checkpointing } from './checkpointing.js';
import { DEAD_OWNER, done, failed, makeSpec, newAttempt, newStudy, results, sweep, T0 } from './harness.js';

const pruner = { name: 'median', options: { startup_trials: 1 } };
const spec = makeSpec([{ name: 'n', distribution: int(0, 1) }], { pruner });

const losses = (told: readonly (readonly [step: number, value: number])[]) =>
  told.map(([step, value]) => ({ name: 'loss', step, value, objective: true }));

test.each([
  [5, 'complete 20'],
  [9.5, 'pruned 20'],
])('a pruner looks at what attempts before reported as well: %d at step 1', async (best, result) => {
  const study = await newStudy(spec);
  const executor = new Checkpointing(({ trial, attempt }, hooks) => {
    // The best value so far counts, and the peer's is 7 at step 3.
    if (trial === 0) hooks.report(losses([1, 2, 3].map((step) => [step, 10 - step])));
    else if (attempt === 2)
      hooks.report(
        losses([
          [2, 20],
          [3, 20],
        ]),
      );
    if (trial === 0 || attempt === 2) return done;
    // At a step at which no peer has a value nothing is judged.
    executor.saved.set(trial, 1);
    hooks.report(losses([[0, best]]));
    return failed();
  });
  await sweep(study, executor, { failures: { ...NO_FAILURE_RULES, retries: 1 } });
  expect((await results(study))[1]).toBe(result);
});

test.each([
  [9, 'complete 0'],
  [9.5, 'pruned 9.5'],
])(
  'a report that was let pass is not judged again, another value at its step is: %d',
  async (again, result) => {
    const study = await newStudy(spec);
    const asked = [await study.ask(newAttempt('a'), T0), await study.ask(newAttempt(DEAD_OWNER), T0)];
    const [first, second] = asked.map((one) => {
      if ('exhausted' in one || !one.attempt) throw new Error('two attempts expected');
      return { trialId: one.trial.id, attemptId: one.attempt.id };
    });
    if (!first || !second) throw new Error('two trials expected');
    // Nothing was there to be judged by.
    await study.report(
      second.trialId,
      second.attemptId,
      losses([
        [1, 9],
        [2, 0],
      ]),
    );
    await study.storage.requeue(second.attemptId, {
      exitCode: 1,
      reason: 'gone',
      cause: 'lost',
      finishedAtMs: T0,
      keepSteps: true,
    });
    await study.report(
      first.trialId,
      first.attemptId,
      losses([
        [1, 5],
        [2, 4],
      ]),
    );
    const ending = { state: 'complete', values: [4], exitCode: 0, reason: null, finishedAtMs: T0 } as const;
    await study.tell(first.trialId, first.attemptId, ending);
    const executor = new Checkpointing((_, hooks) => {
      hooks.report(
        losses([
          [1, again],
          [2, 0],
        ]),
      );
      return done;
    });
    await sweep(study, executor);
    expect((await results(study))[1]).toBe(result);
  },
);
