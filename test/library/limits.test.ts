import { describe, expect, test } from 'vitest';
import { createStudy, float, type OptimizeOptions } from '../../src/index.js';
import { closing } from './support.js';

const random = () =>
  closing(createStudy({ direction: 'minimize', sampler: 'random', space: { x: float(0, 1) } }));
const until = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('trialTimeout', () => {
  test('asks a trial to end and fails it with the words of the limit, whatever it returns or throws then', async () => {
    const study = await random();
    const reasons: unknown[] = [];
    const { end } = await study.optimize(
      async ({ number, signal }) => {
        if (number > 1) return number;
        await until(signal);
        reasons.push(signal.reason);
        if (number === 0) signal.throwIfAborted();
        return 0;
      },
      { trials: 3, trialTimeout: 50 },
    );
    expect([end, reasons]).toEqual([
      'budget',
      [0, 1].map((k) => new DOMException(`trial ${k} took longer than trialTimeout`, 'TimeoutError')),
    ]);
    expect((await study.trials()).map(({ state, reason }) => [state, reason])).toEqual([
      ['fail', 'ran longer than trialTimeout 50ms'],
      ['fail', 'ran longer than trialTimeout 50ms'],
      ['complete', null],
    ]);
  });

  test('abandons a function that ignores its signal: the search ends, and what it does later counts for nothing', async () => {
    const study = await random();
    let late = () => {};
    const ended = new Promise<void>((resolve) => {
      late = resolve;
    });
    const first = study.optimize(
      async (trial) => {
        if (trial.number > 0) return 1;
        await ended;
        trial.report(-5, 1);
        return -5;
      },
      { trials: 2, trialTimeout: '50ms' },
    );
    expect((await first).end).toBe('budget');
    late();
    await new Promise((resolve) => setImmediate(resolve));
    expect((await study.trials()).map(({ state, values, metrics }) => [state, values, metrics])).toEqual([
      ['fail', null, {}],
      ['complete', [1], { objective: 1 }],
    ]);
  });

  test('counts as a failure: it is tried again, and does not touch what is quick', async () => {
    const study = await random();
    let tries = 0;
    await study.optimize(
      async ({ signal }) => {
        tries += 1;
        if (tries === 1) await until(signal);
        return tries;
      },
      { trials: 1, trialTimeout: 50, retries: 1 },
    );
    expect((await study.trials()).map(({ values }) => values)).toEqual([[2]]);
  });

  test('an abort that came first is the reason, and the trial runs again', async () => {
    const study = await random();
    const stop = new AbortController();
    const { end } = await study.optimize(
      async ({ signal }) => {
        setImmediate(() => stop.abort());
        await until(signal);
        return 1;
      },
      { trials: 1, trialTimeout: '1h', signal: stop.signal },
    );
    expect([end, (await study.trials())[0]?.state]).toEqual(['interrupted', 'running']);
  });
});

describe('retries', () => {
  test('may wait while other trials run', async () => {
    const study = await random();
    const seen: number[] = [];
    await study.optimize(
      ({ number }) => {
        seen.push(number);
        if (seen.length === 1) throw new Error('by bad luck');
        return number;
      },
      { trials: 3, retries: { times: 3, delayMs: 1500, factor: 2, maxDelayMs: 1500 } },
    );
    expect(seen).toEqual([0, 1, 2, 0]);
    expect((await study.trials()).map(({ state }) => state)).toEqual(Array(3).fill('complete'));
  });

  test('an abort ends the wait at once, and so does close()', async () => {
    const study = await random();
    const stop = new AbortController();
    const fails = () => {
      throw new Error('no');
    };
    const waits = async () => {
      while (!(await study.trials())[0]?.reason?.startsWith('retry'))
        await new Promise((resolve) => setImmediate(resolve));
    };
    const retries = { times: 2, delayMs: 3_600_000 };
    const first = study.optimize(fails, { trials: 1, retries, signal: stop.signal });
    await waits();
    stop.abort();
    expect((await first).end).toBe('interrupted');
    expect((await study.trials())[0]?.state).toBe('running');
    const again = study.optimize(fails, { trials: 1, retries });
    await waits();
    await study.close();
    expect((await again).end).toBe('interrupted');
  });

  test.each([
    [{ retries: { times: -1 } }, 'retries.times'],
    [{ retries: { times: 1, delayMs: -5 } }, 'retries.delay'],
    [{ retries: { times: 1, delay: '5' } }, 'retries.delay'],
    [{ retries: { times: 1, factor: 0.5 } }, 'retries.factor'],
    [{ retries: { times: 1, maxDelay: Number.NaN } }, 'retries.maxDelay'],
    [{ retries: { times: 1, wait: 5 } }, 'retries'],
    [{ trialTimeout: 0 }, 'trialTimeout'],
    [{ trialTimeout: 'soon' }, 'trialTimeout'],
  ])('%j is refused with what is expected', async (options, named) => {
    const study = await random();
    await expect(
      study.optimize(() => 1, { trials: 1, ...(options as OptimizeOptions) }),
    ).rejects.toMatchObject({
      code: 'optimize.bad-option',
      message: expect.stringContaining(`expected ${named} to be`),
    });
  });
});
