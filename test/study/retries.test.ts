import { describe, expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { Outcome } from '../../src/executors/executor.js';
import { LOST_ATTEMPTS_LIMIT } from '../../src/study/attempt/retry-policy.js';
import type { Study } from '../../src/study/study.js';
import { NO_FAILURE_RULES } from '../../src/study/sweep/failures.js';
import {
  done,
  failed,
  makeSpec,
  newStudy,
  opened,
  reopened,
  results,
  rows,
  type Script,
  ScriptedExecutor,
  sweep,
  T0,
  tempDir,
  trains,
  untilStopped,
} from './harness.js';

const numbers = (n: number) => [{ name: 'n', distribution: int(1, n) }];
const retries = (count: number) => ({ failures: { ...NO_FAILURE_RULES, retries: count } });
const unknown: Outcome = { kind: 'unknown', finishedAtMs: T0 + 5, logTail: [] };

/** Runs the script; a trial that is tried for ever ends the sweep with an error. */
function bounded(script: Script): ScriptedExecutor {
  return new ScriptedExecutor((attempt, hooks) => {
    if (attempt.attempt > 20) throw new Error('tried for ever');
    return script(attempt, hooks);
  });
}

async function reasons(study: Study) {
  const [trial] = (await study.view()).configs.flatMap(({ trials }) => trials);
  const unfinished = await study.storage.unfinished(study.id);
  const id = unfinished[0]?.trial.id ?? 1;
  expect(trial?.number).toBe(0);
  return (await study.storage.attempts({ trialId: id })).map(({ reason }) => reason);
}

/** As a later call of hpo, one after another, on one database. */
async function call(url: string, script: Script, more: Parameters<typeof sweep>[2] = {}) {
  const study = await reopened(url);
  const executor = bounded(script);
  await sweep(study, executor, more);
  const [state] = await results(study);
  await study.storage.close();
  return { started: executor.started.length, state };
}

async function created(n = 1): Promise<string> {
  const url = `sqlite:${tempDir()}/hpo.db`;
  const study = await newStudy(makeSpec(numbers(n)), await opened(url));
  await study.storage.close();
  return url;
}

describe('retries', () => {
  test('a trial that fails is tried again at once, with its number and its seed, before anything new', async () => {
    const study = await newStudy(makeSpec(numbers(2)));
    const good = trains(({ n }) => Number(n));
    const executor = bounded((attempt, hooks) =>
      attempt.trial === 0 && attempt.attempt < 3 ? failed(9) : good(attempt, hooks),
    );
    const { events } = await sweep(study, executor, retries(2));
    expect(executor.started.map(({ trial, attempt }) => [trial, attempt])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 1],
    ]);
    expect(new Set(executor.started.slice(0, 3).map(({ seed }) => seed)).size).toBe(1);
    expect(await results(study)).toEqual(['complete 1', 'complete 2']);
    expect(events.flatMap((event) => (event.type === 'trial-requeued' ? [event.reason] : []))).toEqual([
      'retry 1 of 2 after: exit code 9',
      'retry 2 of 2 after: exit code 9',
    ]);
  });

  test('when they are used up the trial fails, with the reason of its last attempt', async () => {
    const study = await newStudy(makeSpec(numbers(1)));
    const executor = bounded(({ attempt }) => failed(attempt));
    await sweep(study, executor, retries(2));
    expect(executor.started).toHaveLength(3);
    expect((await rows(study))[0]).toMatchObject({ state: 'fail', reason: 'exit code 3', attempt: 3 });
  });

  test.each<[string, Script]>([
    ['no objective', () => done],
    ['a broken limit', () => ({ ...failed(143), stoppedFor: 'limit', brokeLimit: 'ran too long' })],
    [
      'NaN as the objective',
      (_, hooks) => {
        hooks.report([{ name: 'loss', step: 1, value: Number.NaN }]);
        return done;
      },
    ],
  ])('%s is a failure like any other', async (_, script) => {
    const study = await newStudy(makeSpec(numbers(1)));
    const executor = bounded(script);
    await sweep(study, executor, retries(1));
    expect(executor.started).toHaveLength(2);
    expect(await results(study)).toEqual(['fail']);
  });

  test('without them a failure is final, and says what it was', async () => {
    const study = await newStudy(makeSpec(numbers(1)));
    const executor = bounded((_, hooks) => {
      hooks.report([{ name: 'loss', step: 1, value: 1 }]);
      // It listens to TERM and ends well: it broke its limit all the same.
      return { ...done, stoppedFor: 'limit', brokeLimit: 'ran longer than trial_timeout 30m' };
    });
    await sweep(study, executor);
    expect((await rows(study))[0]).toMatchObject({
      state: 'fail',
      reason: 'ran longer than trial_timeout 30m',
      exitCode: 0,
    });
  });

  test('are counted over all calls, though the sweep was interrupted in between', async () => {
    const url = await created();
    const abort = new AbortController();
    const first = await call(
      url,
      async ({ attempt }, hooks) => {
        if (attempt === 1) return failed();
        abort.abort();
        await untilStopped(hooks);
        return failed(143);
      },
      { ...retries(2), abort: abort.signal },
    );
    expect(first).toEqual({ started: 2, state: 'running queued' });
    // The interruption was nobody's failure: two of three attempts are left.
    expect(await call(url, () => failed(), retries(2))).toEqual({ started: 2, state: 'fail' });
    expect(await call(url, () => failed(), retries(2))).toEqual({ started: 0, state: 'fail' });
  });

  test('--retry-failed gives a trial all its retries again', async () => {
    const url = await created();
    expect((await call(url, () => failed(), retries(1))).started).toBe(2);
    const again = await call(url, () => failed(), { ...retries(1), retryFailed: true });
    expect(again).toEqual({ started: 2, state: 'fail' });
  });

  test('a trial that is pruned or stopped by a person is not tried again', async () => {
    const study = await newStudy(makeSpec(numbers(2)));
    const executor = bounded(async ({ trial }, hooks) => {
      if (trial === 0) hooks.report([{ name: 'loss', step: 1, value: 5 }]);
      const [unfinished] = await study.storage.unfinished(study.id);
      await study.storage.requestStop(unfinished?.attempt?.id ?? -1, true);
      return failed(143);
    });
    await sweep(study, executor, retries(5));
    expect(executor.started).toHaveLength(2);
    expect(await results(study)).toEqual(['pruned 5', 'fail']);
  });

  test('a program that is not there will not be there at the next try', async () => {
    const study = await newStudy(makeSpec(numbers(1)));
    const executor = bounded(() => ({ kind: 'not-started', reason: 'no program', fatal: true }));
    await sweep(study, executor, retries(5));
    expect(executor.started).toHaveLength(1);
  });
});

describe('a trial whose trainer is gone without a trace, as after a reboot', () => {
  test('is queued again and not failed, but not for ever, however many calls see it', async () => {
    const url = await created();
    const lose = async () => {
      // One loss in each call: the machine reboots again and again.
      const study = await reopened(url);
      const stop = new AbortController();
      const executor = bounded(() => unknown);
      await sweep(study, executor, {
        drain: stop.signal,
        onEvent: (event) => {
          if (event.type === 'trial-started') stop.abort();
        },
      });
      const [state] = await results(study);
      const seen = await reasons(study);
      await study.storage.close();
      return [state, seen.at(-1)];
    };
    for (let k = 1; k < LOST_ATTEMPTS_LIMIT; k++) {
      expect(await lose()).toEqual([
        'running queued',
        expect.stringContaining(`lost ${k} of ${LOST_ATTEMPTS_LIMIT} times: exit code unknown`),
      ]);
    }
    expect(await lose()).toEqual(['fail', expect.stringContaining('exit code unknown')]);
  });

  test('each retry allows for one more loss', async () => {
    const study = await newStudy(makeSpec(numbers(1)));
    const executor = bounded(() => unknown);
    await sweep(study, executor, retries(2));
    expect(executor.started).toHaveLength(LOST_ATTEMPTS_LIMIT + 2);
    expect(await results(study)).toEqual(['fail']);
  });
});

describe('what an attempt leaves behind', () => {
  test('is ended before its failure is stored, and before it is tried again', async () => {
    const study = await newStudy(makeSpec(numbers(1)));
    const executor = bounded(() => failed());
    const states: (string | undefined)[] = [];
    executor.cleanup = async (attempt) => {
      executor.cleared.push(attempt);
      states.push((await results(study))[0]);
      return [];
    };
    await sweep(study, executor, retries(1));
    expect(executor.cleared.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(states).toEqual(['running', 'running']);
  });

  test('is left running when the trial succeeded', async () => {
    const study = await newStudy(makeSpec(numbers(2)));
    const executor = bounded(trains(() => 1));
    await sweep(study, executor);
    expect(executor.cleared).toEqual([]);
  });

  test('is no reason to end a sweep when it cannot be ended', async () => {
    const study = await newStudy(makeSpec(numbers(1)));
    const executor = bounded(() => failed());
    executor.cleanup = () => Promise.reject(new Error('not permitted'));
    const { events } = await sweep(study, executor);
    expect(await results(study)).toEqual(['fail']);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'warning', message: expect.stringContaining('not permitted') }),
    );
  });
});
