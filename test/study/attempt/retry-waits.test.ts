import { describe, expect, test } from 'vitest';
import { int } from '../../../src/core/distribution.js';
import { retryDelayMs } from '../../../src/core/retry-delay.js';
import { NO_FAILURE_RULES } from '../../../src/study/sweep/failures.js';
import {
  failed,
  makeSpec,
  newStudy,
  opened,
  reopened,
  results,
  ScriptedExecutor,
  sweep,
  tempDir,
  trains,
} from '../harness.js';

const spec = makeSpec([{ name: 'n', distribution: int(1, 3) }]);
const good = trains(({ n }) => Number(n));
const waiting = (delayMs: number) => ({
  failures: { ...NO_FAILURE_RULES, retries: 2, retryDelay: { delayMs, factor: 2, maxDelayMs: null } },
});

describe('a trial that waits before it is tried again', () => {
  test('leaves its slot to others meanwhile, and is run at last', async () => {
    const study = await newStudy(spec);
    const executor = new ScriptedExecutor((attempt, hooks) =>
      attempt.trial === 0 && attempt.attempt === 1 ? failed() : good(attempt, hooks),
    );
    const { end } = await sweep(study, executor, waiting(1500));
    expect(executor.started.map(({ trial }) => trial)).toEqual([0, 1, 2, 0]);
    expect([end, await results(study)]).toEqual(['exhausted', ['complete 1', 'complete 2', 'complete 3']]);
  });

  test('says how long it waits', async () => {
    const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 1) }]));
    const { events } = await sweep(study, new ScriptedExecutor(() => failed()), waiting(4));
    expect(events.flatMap((event) => (event.type === 'trial-requeued' ? [event.reason] : []))).toEqual([
      'retry 1 of 2 after: exit code 1, in 4ms',
      'retry 2 of 2 after: exit code 1, in 8ms',
    ]);
    expect(await results(study)).toEqual(['fail']);
  });

  test.each(['abort', 'drain'] as const)(
    'holds up no %s: the sweep ends at once, and the next call runs it',
    async (how) => {
      const url = `sqlite:${tempDir()}/hpo.db`;
      const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 1) }]), await opened(url));
      const stop = new AbortController();
      const { end } = await sweep(study, new ScriptedExecutor(() => failed()), {
        ...waiting(3_600_000),
        [how]: stop.signal,
        onEvent: (event) => {
          if (event.type === 'trial-requeued') setImmediate(() => stop.abort());
        },
      });
      expect([end, await results(study)]).toEqual(['interrupted', ['running queued']]);
      await study.storage.close();
      const again = await reopened(url);
      await sweep(again, new ScriptedExecutor(good), waiting(3_600_000));
      expect(await results(again)).toEqual(['complete 1']);
    },
  );

  test('ends with the sweep where an error ends it', async () => {
    const study = await newStudy(spec);
    const executor = new ScriptedExecutor(({ trial }) => {
      if (trial === 1) throw new Error('a defect');
      return failed();
    });
    await expect(sweep(study, executor, waiting(3_600_000))).rejects.toThrow('a defect');
  });

  test('waits longer each time, up to a limit', () => {
    const delay = { delayMs: 100, factor: 3, maxDelayMs: 800 };
    expect([1, 2, 3, 400].map((retry) => retryDelayMs(delay, retry))).toEqual([100, 300, 800, 800]);
    expect(retryDelayMs({ ...delay, maxDelayMs: null }, 9_999)).toBe(Number.MAX_SAFE_INTEGER);
    expect(retryDelayMs({ ...delay, factor: 1 }, 7)).toBe(100);
  });
});
