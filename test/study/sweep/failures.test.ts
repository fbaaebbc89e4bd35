import { describe, expect, test } from 'vitest';
import { int } from '../../../src/core/distribution.js';
import { FIRST_FAILURES, NO_FAILURE_RULES } from '../../../src/study/sweep/failures.js';
import {
  done,
  failed,
  makeSpec,
  newStudy,
  opened,
  reopened,
  results,
  type Script,
  ScriptedExecutor,
  sweep,
  tempDir,
  turn,
} from '../harness.js';

const numbers = (n: number) => [{ name: 'n', distribution: int(1, n) }];

/** Trials whose numbers are in the list fail, the others do well. */
function failing(trials: readonly number[]): Script {
  return ({ trial }, hooks) => {
    if (trials.includes(trial)) return failed();
    hooks.report([{ name: 'loss', step: 1, value: 1 }]);
    return done;
  };
}

const all = Array.from({ length: 20 }, (_, k) => k);

describe('max_failures', () => {
  const limit = (maxFailures: number) => ({ failures: { ...NO_FAILURE_RULES, maxFailures } });

  test('ends the launches once so many trials have failed, in a row or not', async () => {
    const study = await newStudy(makeSpec(numbers(20)));
    const executor = new ScriptedExecutor(failing([1, 4, 6]));
    const { end, events } = await sweep(study, executor, limit(3));
    expect(end).toBe('max-failures');
    expect(executor.started).toHaveLength(7);
    expect(events).toContainEqual({ type: 'stopping', why: 'max-failures' });
    expect(events.at(-1)).toMatchObject({ detail: '3 trials of this call have failed' });
  });

  test('lets running trials finish', async () => {
    const study = await newStudy(makeSpec(numbers(20)));
    const executor = new ScriptedExecutor(async ({ trial }, hooks) => {
      if (trial === 0) return failed();
      for (let k = 0; k < 20; k++) await turn();
      hooks.report([{ name: 'loss', step: 1, value: 2 }]);
      return done;
    });
    const { end } = await sweep(study, executor, { ...limit(1), slots: 3 });
    expect(end).toBe('max-failures');
    expect(await results(study)).toEqual(['fail', 'complete 2', 'complete 2']);
  });

  test('counts from zero in a further call, which continues the study', async () => {
    const url = `sqlite:${tempDir()}/hpo.db`;
    const study = await newStudy(makeSpec(numbers(6)), await opened(url));
    await sweep(study, new ScriptedExecutor(failing(all)), limit(2));
    await study.storage.close();
    const next = await reopened(url);
    const executor = new ScriptedExecutor(failing([2]));
    expect((await sweep(next, executor, limit(2))).end).toBe('exhausted');
    expect(executor.started.map(({ trial }) => trial)).toEqual([2, 3, 4, 5]);
  });

  test('counts trials and not their attempts', async () => {
    const study = await newStudy(makeSpec(numbers(20)));
    const executor = new ScriptedExecutor(() => failed());
    const rules = { ...NO_FAILURE_RULES, retries: 2, maxFailures: 2 };
    await sweep(study, executor, { failures: rules });
    expect(executor.started).toHaveLength(6);
    expect(await results(study)).toEqual(['fail', 'fail']);
  });
});

describe('max_consecutive_failures', () => {
  const limit = (count: number) => ({ failures: { ...NO_FAILURE_RULES, maxConsecutiveFailures: count } });

  test('ends the launches once so many in a row have failed', async () => {
    const study = await newStudy(makeSpec(numbers(20)));
    const executor = new ScriptedExecutor(failing([0, 1, 3, 4, 6, 7, 8, 10]));
    const { end, events } = await sweep(study, executor, limit(3));
    expect(end).toBe('max-consecutive-failures');
    expect(executor.started).toHaveLength(9);
    expect(events.at(-1)).toMatchObject({ detail: '3 configurations in a row have failed' });
  });

  test('takes the place of the rule for the first trials', async () => {
    const study = await newStudy(makeSpec(numbers(20)));
    const executor = new ScriptedExecutor(failing(all));
    expect((await sweep(study, executor, limit(5))).end).toBe('max-consecutive-failures');
    expect(executor.started).toHaveLength(5);
    expect(FIRST_FAILURES).toBeLessThan(5);
  });

  test('counts the failed repeats of a configuration as one', async () => {
    const study = await newStudy(makeSpec(numbers(20), { repeats: 3 }));
    // Trials 3 to 5 are the second configuration, 9 to 11 the fourth; the last three fail as a whole.
    const executor = new ScriptedExecutor(failing([3, 4, 5, 9, 10, 11, ...all.map((n) => n + 15)]));
    const { end, events } = await sweep(study, executor, limit(2));
    expect(end).toBe('max-consecutive-failures');
    expect(executor.started).toHaveLength(19);
    expect(events.at(-1)).toMatchObject({ detail: '2 configurations in a row have failed' });
  });
});

describe('without a limit', () => {
  test('the failed repeats of the first configuration do not end a call, those of the first three do', async () => {
    const repeated = makeSpec(numbers(20), { repeats: 3 });
    const one = new ScriptedExecutor(failing([0, 1, 2]));
    expect((await sweep(await newStudy(repeated), one)).end).toBe('exhausted');
    const broken = new ScriptedExecutor(() => failed());
    const { end, events } = await sweep(await newStudy(repeated), broken);
    expect(end).toBe('failures');
    expect(broken.started).toHaveLength(7);
    expect(events.at(-1)).toMatchObject({ detail: 'the first 7 trials all failed' });
  });
});
