import { describe, expect, test } from 'vitest';
import { categorical, createStudy, float, type StudyEvents } from '../../src/index.js';
import { closing } from './support.js';

const space = { x: float(0, 10), y: float(0, 10) };
const one = () => closing(createStudy({ objectives: { loss: 'minimize' }, sampler: 'random', space }));
const two = () =>
  closing(createStudy({ objectives: { quality: 'maximize', cents: 'minimize' }, sampler: 'random', space }));

describe('the best', () => {
  test('of one objective is one, by name and as a number; nothing before the first result', async () => {
    const study = await one();
    expect([await study.best(), await study.bestTrials(), await study.importance()]).toEqual([null, [], {}]);
    for await (const trial of study.run({ trials: '+4' })) await trial.complete(Math.abs(trial.number - 2));
    const { params } = (await study.trials())[2] as { params: object };
    expect(await study.bestTrials()).toEqual([{ params, values: { loss: 0 }, trialCount: 1, trials: [2] }]);
    expect(await study.best()).toMatchObject({ params, value: 0 });
  });

  test('of several is what no other dominates, and one alone is refused by the program too', async () => {
    const study = await two();
    const values = [
      { quality: 1, cents: 1 },
      { quality: 2, cents: 2 },
      { quality: 1, cents: 3 },
    ];
    for await (const trial of study.run({ trials: '+3' }))
      await trial.complete(values[trial.number] as never);
    expect((await study.bestTrials()).map((each) => each.values)).toEqual([values[1], values[0]]);
    const untyped = study as unknown as { best(): Promise<unknown> };
    await expect(untyped.best()).rejects.toMatchObject({ code: 'study.several-objectives' });
    expect(await study.front()).toEqual(await study.paretoFront());
  });

  test('improved is emitted for each better one before the program continues, until it is not wanted', async () => {
    const study = await one();
    const events: StudyEvents<object>['improved'][] = [];
    const off = study.on('improved', async (event) => void events.push(event));
    const losses = [5, 6, 4, 4, 3];
    for await (const trial of study.run({ totalTrials: 5 })) {
      await trial.complete(losses[trial.number] as number);
      expect(events.at(-1)?.values.loss).toBe(Math.min(...losses.slice(0, trial.number + 1)));
    }
    const trial = await study.ask();
    await study.tell(trial, 2);
    await study.addTrial({ params: { x: 1, y: 1 }, values: { loss: 1 } });
    expect(events.map(({ number, values }) => [number, values.loss])).toEqual([
      [0, 5],
      [2, 4],
      [4, 3],
      [5, 2],
      [6, 1],
    ]);
    off();
    await study.addTrial({ params: { x: 2, y: 2 }, values: 0 });
    expect(events).toHaveLength(5);
    expect(() => study.on('worse' as 'improved', () => {})).toThrow("expected 'improved'");
  });

  test('what a listener throws is thrown by the loop', async () => {
    const study = await one();
    study.on('improved', () => Promise.reject(new Error('my defect')));
    const loop = async () => {
      for await (const trial of study.run({ totalTrials: 5 })) await trial.complete(1);
    };
    await expect(loop()).rejects.toThrow('my defect');
    expect((await study.trials()).length).toBeLessThan(3);
  });

  test('importance names every parameter, the highest first, for the objective that is asked for', async () => {
    const study = await two();
    for await (const trial of study.run({ trials: '+40' }))
      await trial.complete({ quality: trial.params.x, cents: trial.params.y });
    expect(Object.keys(await study.importance())).toEqual(['x', 'y']);
    const { x = 0, y = 0 } = await study.importance({ objective: 'cents' });
    expect(y).toBeGreaterThan(x);
    const odd = study.importance({ objective: 'seconds' as 'cents' });
    await expect(odd).rejects.toMatchObject({ code: 'study.no-objective' });
  });
});

describe('trials()', () => {
  test('selects by state, after a number and up to a limit', async () => {
    const study = await one();
    for await (const trial of study.run({ trials: '+9' }))
      await (trial.number % 3 === 0 ? trial.fail() : trial.complete(1));
    const numbers = async (filter: Parameters<typeof study.trials>[0]) =>
      (await study.trials(filter)).map(({ number }) => number);
    expect(await numbers({ state: 'fail' })).toEqual([0, 3, 6]);
    expect(await numbers({ state: ['fail', 'pruned'], after: 0 })).toEqual([3, 6]);
    expect(await numbers({ after: 3, limit: 2, state: 'complete' })).toEqual([4, 5]);
    expect(await numbers({ limit: 0 })).toEqual([]);
    expect(await numbers({ after: 8 })).toEqual([]);
    for (const filter of [{ state: 'failed' }, { limit: -1 }, { after: 0.5 }, { from: 1 }])
      await expect(study.trials(filter as object)).rejects.toMatchObject({ code: 'trials.filter' });
  });
});

describe('addTrial()', () => {
  test('adds what ran elsewhere, with attributes, and samplers learn from it', async () => {
    const study = await one();
    const number = await study.addTrial({ params: { x: 1, y: 2 }, values: 3, attrs: { from: 'paper' } });
    expect(await study.trials()).toMatchObject([
      { number, state: 'complete', values: [3], params: { x: 1, y: 2 }, attrs: { from: 'paper' } },
    ]);
  });

  test.each([
    [{ params: { x: 1, y: 99 }, values: 3 }, 'trial.not-added'],
    [{ params: { x: 1 }, values: 3 }, 'trial.not-added'],
    [{ params: { x: 1, y: 1 }, values: Number.NaN }, 'trial.not-added'],
    [{ params: { x: 5, y: 5 }, values: 3 }, 'trial.not-added'],
    [{ params: { x: 1, y: 1 }, values: { los: 3 } }, 'trial.values'],
    [{ params: { x: 1, y: 1 }, values: 3, attrs: { 'hpo:x': 1 } }, 'attrs.name'],
  ])('%j is refused, and nothing is stored', async (trial, code) => {
    const study = await one();
    await study.addTrial({ params: { x: 5, y: 5 }, values: 3 });
    await expect(study.addTrial(trial as never)).rejects.toMatchObject({ code });
    expect(await study.trials()).toHaveLength(1);
  });
});

test('a conditional parameter is there only where its condition holds, and resumes from a file', async () => {
  const study = await closing(
    createStudy({
      direction: 'minimize',
      sampler: 'random',
      space: { opt: categorical(['sgd', 'adam']), momentum: float(0, 0.99).when({ opt: 'sgd' }) },
    }),
  );
  for await (const trial of study.run({ trials: '+12' })) {
    expect('momentum' in trial.params).toBe(trial.params.opt === 'sgd');
    await trial.complete(trial.params.momentum ?? 0);
  }
  expect(new Set((await study.trials()).map(({ params }) => params.opt)).size).toBe(2);
  expect(float(0, 1)).toEqual({ kind: 'float', low: 0, high: 1, log: false, step: null });
  const odd = createStudy({ direction: 'minimize', space: { m: float(0, 1).when({ opt: 'sgd' } as never) } });
  await expect(odd).rejects.toMatchObject({ code: 'space.unknown-name' });
});
