import { describe, expect, test } from 'vitest';
import { createStudy, type FinishedTrial, float, int, TrialPruned } from '../../src/index.js';
import { pass } from '../support/until.js';
import { closing } from './support.js';

const space = { x: float(-5, 5), n: int(1, 4) };
const random = () => closing(createStudy({ direction: 'minimize', sampler: 'random', space }));

describe('an objective that throws', () => {
  const failing = ({ number }: { number: number }) => {
    if (number === 2) throw new RangeError('diverged');
    return number;
  };

  test('fails its trial, with the error as its reason, and is thrown once the others are over', async () => {
    const study = await random();
    const objective = async (trial: { number: number }) => {
      await pass(trial.number === 2 ? 0 : 10);
      return failing(trial);
    };
    await expect(study.optimize(objective, { trials: 10, concurrency: 3 })).rejects.toThrow(RangeError);
    const trials = await study.trials();
    expect(trials.slice(0, 3).map(({ state }) => state)).toEqual(['complete', 'complete', 'fail']);
    expect(trials[2]).toMatchObject({ values: null, reason: 'RangeError: diverged' });
    expect(trials.every(({ state }) => state === 'complete' || state === 'fail')).toBe(true);
    expect(trials.length).toBeLessThan(6);
  });

  test.each([
    ['true', true],
    ['its class', [RangeError]],
    ['a function', (error: unknown) => error instanceof RangeError],
  ] as const)('is caught by %s, and the search goes on', async (_, caught) => {
    const study = await random();
    const ended: FinishedTrial[] = [];
    await study.optimize(failing, { trials: 6, catch: caught, onTrialEnd: (trial) => ended.push(trial) });
    expect(ended.map(({ state }) => state)).toEqual([
      'complete',
      'complete',
      'fail',
      'complete',
      'complete',
      'complete',
    ]);
    expect(ended[2]?.error).toBeInstanceOf(RangeError);
  });

  test('is not caught by another class', async () => {
    const study = await random();
    await expect(study.optimize(failing, { trials: 6, catch: [TypeError] })).rejects.toThrow('diverged');
  });

  test('is tried again as often as `retries` says', async () => {
    const study = await random();
    const seen: number[] = [];
    const objective = ({ number }: { number: number }) => {
      seen.push(number);
      if (seen.length < 3) throw new Error('by bad luck');
      return 1;
    };
    await study.optimize(objective, { trials: 2, retries: 2 });
    expect(seen).toEqual([0, 0, 0, 1]);
    expect((await study.trials()).map(({ state }) => state)).toEqual(['complete', 'complete']);
  });

  test('ends the search after so many, where it is said', async () => {
    const study = await random();
    const always = () => {
      throw new Error('no');
    };
    expect(await study.optimize(always, { trials: 20, catch: true, maxFailures: 5 })).toMatchObject({
      end: 'max-failures',
    });
    expect(await study.trials()).toHaveLength(5);
    // Without a limit a program that catches means to go on.
    await study.optimize(always, { trials: 12, catch: true });
    expect(await study.trials()).toHaveLength(12);
  });

  test('values by other names than the metrics are a mistake, unless the objective was reported', async () => {
    const study = await closing(createStudy({ direction: 'minimize' }));
    await expect(study.optimize(() => ({ loss: 1 }), { trials: 3 })).rejects.toThrow(
      "expected a value for objective (the study's metrics), got loss",
    );
    expect((await study.trials()).map(({ state }) => state)).toEqual(['fail']);
    await study.optimize(
      (trial) => {
        trial.report(2, 0);
        return { accuracy: 1 };
      },
      { trials: 2 },
    );
    expect((await study.trials())[1]).toMatchObject({ state: 'complete', values: [2] });
  });

  test('NaN fails the trial alone', async () => {
    const study = await random();
    await study.optimize(({ number }) => (number % 2 === 0 ? Number.NaN : 1), { trials: 4 });
    expect((await study.trials()).map(({ state, reason }) => [state, reason])).toEqual([
      ['fail', 'the objective objective is NaN'],
      ['complete', null],
      ['fail', 'the objective objective is NaN'],
      ['complete', null],
    ]);
  });
});

describe('pruning', () => {
  const worse = (trial: { number: number }, step: number) => trial.number * 10 + step;

  test('an objective that asks gets the verdict on what it has just reported', async () => {
    const study = await closing(
      createStudy({
        direction: 'minimize',
        sampler: 'random',
        space,
        pruner: { name: 'median', startup_trials: 3 },
      }),
    );
    const steps: number[] = [];
    await study.optimize(
      async (trial) => {
        for (let step = 0; step < 5; step++) {
          trial.report(worse(trial, step), step);
          if (await trial.shouldPrune()) throw new TrialPruned(`at step ${step}`);
          steps[trial.number] = step + 1;
        }
        return worse(trial, 4);
      },
      { trials: 6 },
    );
    const trials = await study.trials();
    expect(trials.map(({ state }) => state)).toEqual([
      ...Array(3).fill('complete'),
      ...Array(3).fill('pruned'),
    ]);
    // Pruned at its very first report, whose value it keeps.
    expect(steps.slice(3)).toEqual([]);
    expect(trials.slice(3).map(({ values }) => values)).toEqual([[30], [40], [50]]);
  });

  test('one that returns although it is pruned is pruned all the same', async () => {
    const study = await closing(
      createStudy({
        direction: 'minimize',
        sampler: 'random',
        space,
        pruner: { name: 'threshold', upper: 1 },
      }),
    );
    const aborted: unknown[] = [];
    await study.optimize(
      async (trial) => {
        trial.report(2, 0);
        if (await trial.shouldPrune()) aborted.push(trial.signal.reason);
        return 0;
      },
      { trials: 1 },
    );
    expect(aborted).toEqual([new DOMException('trial 0 was pruned', 'AbortError')]);
    expect((await study.trials())[0]).toMatchObject({ state: 'pruned', values: [2] });
  });

  test('one may give itself up without a pruner, with or without a value, and says why', async () => {
    const study = await random();
    await study.optimize(
      (trial) => {
        if (trial.number === 1) trial.report(3, 0);
        throw new TrialPruned(`no use: ${trial.number}`);
      },
      { trials: 2 },
    );
    expect((await study.trials()).map(({ state, values, reason }) => [state, values, reason])).toEqual([
      ['pruned', null, 'no use: 0'],
      ['pruned', [3], 'no use: 1'],
    ]);
  });
});

describe('being stopped', () => {
  test('an aborted call asks what runs to end, and the next call runs it again', async () => {
    const study = await random();
    const stop = new AbortController();
    const result = await study.optimize(
      async ({ number, signal }) => {
        if (number < 2) return number;
        void pass(0).then(() => stop.abort());
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return 99;
      },
      { trials: 5, signal: stop.signal },
    );
    expect(result.end).toBe('interrupted');
    // What it returned after it was told to stop is no result.
    expect((await study.trials()).map(({ values }) => values?.[0])).toEqual([0, 1, undefined]);
    await study.optimize(({ number }) => number, { trials: 5 });
    expect((await study.trials()).map(({ values }) => values?.[0])).toEqual([0, 1, 2, 3, 4]);
  });

  test('stop() lets running trials finish', async () => {
    const study = await random();
    const result = await study.optimize(
      ({ number }) => {
        if (number === 2) study.stop();
        return number;
      },
      { trials: 9 },
    );
    expect(result.end).toBe('interrupted');
    expect((await study.trials()).map(({ state }) => state)).toEqual(Array(3).fill('complete'));
  });

  test('a timeout starts nothing more', async () => {
    const study = await random();
    const objective = () => pass(20).then(() => 1);
    expect(await study.optimize(objective, { timeout: 50 })).toMatchObject({ end: 'timeout' });
    expect((await study.trials()).every(({ state }) => state === 'complete')).toBe(true);
  });
});
