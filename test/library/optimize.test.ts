import { describe, expect, test } from 'vitest';
import { createStudy, float, int, loadStudy } from '../../src/index.js';
import { pass } from '../support/until.js';
import { closing, history, sqliteUrl } from './support.js';

const space = { x: float(-5, 5), n: int(1, 4) };
const random = () => closing(createStudy({ direction: 'minimize', sampler: 'random', space }));

describe('optimize', () => {
  test('runs as many trials as the study is to have, and tells the best', async () => {
    const study = await random();
    const result = await study.optimize(({ params }) => params.x ** 2 + params.n, { trials: 12 });
    expect(result.end).toBe('budget');
    const trials = await study.trials();
    expect(trials.map(({ number, state }) => [number, state])).toEqual(trials.map((_, k) => [k, 'complete']));
    expect(trials).toHaveLength(12);
    const least = Math.min(...trials.map(({ values }) => values?.[0] ?? Number.NaN));
    expect(await study.best()).toMatchObject({ value: least, trialCount: 1, std: null });
    // The same call again has nothing to do; +3 asks for three more.
    await study.optimize(() => 0, { trials: 12 });
    expect(await study.trials()).toHaveLength(12);
    await study.optimize(() => 0, { trials: '+3' });
    expect(await study.trials()).toHaveLength(15);
  });

  test('runs so many at a time, and never more', async () => {
    const study = await random();
    let running = 0;
    let most = 0;
    const objective = async () => {
      most = Math.max(most, ++running);
      await pass(5);
      running--;
      return 1;
    };
    await study.optimize(objective, { trials: 9, concurrency: 3 });
    expect(most).toBe(3);
  });

  test('a grid ends by itself', async () => {
    const study = await closing(
      createStudy({ direction: 'maximize', sampler: 'grid', space: { n: int(1, 4) } }),
    );
    expect(await study.optimize(({ params }) => params.n)).toMatchObject({ end: 'exhausted' });
    expect(await study.best()).toMatchObject({ params: { n: 4 }, value: 4 });
  });

  test('several objectives return a list, and the front is what none dominates', async () => {
    const study = await closing(
      createStudy({ directions: ['minimize', 'maximize'], sampler: 'grid', space: { n: int(1, 4) } }),
    );
    await study.optimize(({ params: { n } }) => [n, n === 3 ? 0 : n]);
    expect((await study.paretoFront()).map(({ params, values }) => [params.n, values])).toEqual([
      [1, [1, 1]],
      [2, [2, 2]],
      [4, [4, 4]],
    ]);
    await expect(study.best()).rejects.toMatchObject({ code: 'study.several-objectives' });
    await expect(study.optimize(() => 1, { trials: '+1', target: 1 })).rejects.toMatchObject({
      code: 'optimize.target-objectives',
    });
  });

  test('a result of the wrong shape fails its trial and is thrown', async () => {
    const study = await random();
    const forgotten = (() => undefined) as unknown as () => number;
    await expect(study.optimize(forgotten, { trials: 5 })).rejects.toThrow('got undefined');
    const pair = (() => [1, 2]) as unknown as () => number;
    await expect(study.optimize(pair, { trials: 5 })).rejects.toThrow('got a list of 2');
    expect((await study.trials()).map(({ state }) => state)).toEqual(['fail', 'fail']);
  });

  test('a target ends the search', async () => {
    const study = await random();
    const result = await study.optimize(({ number }) => 10 - number, { target: 7, trials: 50 });
    expect(result.end).toBe('target');
    expect(await study.trials()).toHaveLength(4);
  });

  test.each([
    [{ trials: 0 }, 'expected trials to be'],
    [{ trials: '20' }, 'expected trials to be'],
    [{ concurrency: 0 }, 'expected concurrency to be'],
    [{ timeout: 'soon' }, "such as '30s'"],
    [{ timeout: '30' }, 'expected timeout to be'],
    [{ trials: 3, totalTrials: 3 }, 'expected trials or totalTrials'],
    [{ retries: -1 }, 'expected retries to be'],
    [{ n_trials: 3 }, 'got n_trials'],
  ])('says what is wrong with %j', async (options, message) => {
    const study = await random();
    await expect(study.optimize(() => 1, options as object)).rejects.toThrow(message);
    expect(await study.trials()).toEqual([]);
  });
});

describe('callbacks', () => {
  test('are called for each trial when it is stored', async () => {
    const study = await random();
    const heard: string[] = [];
    await study.optimize(({ number }) => number, {
      trials: 2,
      onTrialStart: ({ number }) => heard.push(`start ${number}`),
      onTrialEnd: async ({ number, values, params }) => {
        const stored = (await study.trials())[number];
        heard.push(
          `end ${number} ${values} ${stored?.state} ${JSON.stringify(params) === JSON.stringify(stored?.params)}`,
        );
      },
    });
    expect(heard).toContain('end 1 1 complete true');
    expect(heard.filter((line) => line.startsWith('start'))).toEqual(['start 0', 'start 1']);
  });

  test.each([
    [
      'a throw',
      () => {
        throw new Error('my defect');
      },
    ],
    ['a rejection', () => Promise.reject(new Error('my defect'))],
  ])('%s in one ends the call with it', async (_, onTrialEnd) => {
    const study = await random();
    await expect(study.optimize(() => 1, { trials: 50, onTrialEnd })).rejects.toThrow('my defect');
    expect((await study.trials()).length).toBeLessThan(5);
  });
});

describe('resuming', () => {
  test('a study that was closed after any trial resumes as if it had not been', async () => {
    const objective = ({ params: { x, n } }: { params: { x: number; n: number } }) => x ** 2 + n;
    const open = (storage: string) =>
      createStudy({
        name: 's',
        storage,
        direction: 'minimize',
        sampler: 'tpe',
        seed: 5,
        space,
        loadIfExists: true,
      });
    const whole = await closing(open('memory:'));
    await whole.optimize(objective, { trials: 14 });
    const storage = sqliteUrl();
    for (const trials of [3, 4, 10, 14]) {
      const part = await open(storage);
      await part.optimize(objective, { trials });
      await part.close();
    }
    const parts = await closing(loadStudy({ name: 's', storage }));
    expect(await history(parts)).toEqual(await history(whole));
  });
});
