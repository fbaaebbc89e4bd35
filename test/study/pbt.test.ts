import { expect, test } from 'vitest';
import type { SweepEvent } from '../../src/study/events.js';
import type { Study } from '../../src/study/study.js';
import { newStudy, opened, reopened, rows, sweep, tempDir } from './harness.js';
import { MAX_STEPS, populationSpec, populationTrainer, type Trained } from './population.js';

const pruned = (events: readonly SweepEvent[]) =>
  events.flatMap((event) =>
    event.type === 'trial-finished' && event.state === 'pruned' ? [event.reason ?? ''] : [],
  );

async function attributes(study: Study): Promise<ReadonlyMap<number, { trial: number; step: number }>> {
  return new Map(
    (await rows(study)).flatMap(({ number, parent }) => (parent ? [[number, parent] as const] : [])),
  );
}

test('the worst member is replaced by one that continues the best one with other parameters', async () => {
  const study = await newStudy(populationSpec());
  const trained: Trained = [];
  const executor = populationTrainer(trained);
  const { events, end } = await sweep(study, executor);
  expect(end).toBe('exhausted');
  const table = await rows(study);
  // Four members, one of which is replaced after step 2 and one after step 4.
  expect(table).toHaveLength(6);
  expect(table.filter(({ state }) => state === 'complete')).toHaveLength(4);
  const parents = await attributes(study);
  expect([...parents.keys()]).toEqual([4, 5]);
  const first = table.slice(0, 4);
  const by = (sign: 1 | -1) =>
    first.toSorted((a, b) => sign * (Number(a.params.x) - Number(b.params.x)))[0]?.number;
  expect(parents.get(4)).toEqual({ trial: by(1), step: 2 });
  expect(table.find(({ number }) => number === by(-1))).toMatchObject({
    state: 'pruned',
    reason: `among the worst of 4 at step 2: replaced by trial 4, which continues trial ${by(1)} from step 2`,
  });
  expect(pruned(events)).toHaveLength(2);
  const [child, parent] = [table[4], table[by(1) as number]];
  const ratio = Number(child?.params.x) / Number(parent?.params.x);
  expect(child?.params).not.toEqual(parent?.params);
  expect(ratio).toBeGreaterThan(0);
  // A child trains only what its parent has not, and no epoch counts twice.
  const own = (trial: number) => trained.filter((each) => each.trial === trial).map(({ epoch }) => epoch);
  expect(own(4)[0]).toBe(3);
  expect(own(5)[0]).toBe(5);
  expect(table.reduce((sum, { epochs }) => sum + epochs, 0)).toBe(trained.length);
  expect((await study.storage.count(study.id, ['epochs'])).epochs).toBe(trained.length);
  expect(trained).toHaveLength(4 * MAX_STEPS);
  // Its curve is that of its parent up to there, and its value that of its own last step.
  const curve = (await study.storage.metrics(study.id, 5)).map(({ step }) => step);
  expect(curve).toEqual([1, 2, 3, 4, 5, 6]);
  expect(table[5]?.values).toEqual([Number(table[5]?.params.x) + 1 / MAX_STEPS]);
  expect([...executor.saved.keys()]).toEqual([]);
});

test('a study that is continued by another process after each attempt ends the same', async () => {
  const whole = await newStudy(populationSpec());
  await sweep(whole, populationTrainer([]));
  const url = `sqlite:${tempDir()}/study.db`;
  const trained: Trained = [];
  const executor = populationTrainer(trained);
  let study = await newStudy(populationSpec(), await opened(url));
  for (;;) {
    const abort = new AbortController();
    let started = 0;
    const onEvent = (event: SweepEvent) => {
      if (event.type === 'trial-started' && ++started === 2) abort.abort();
    };
    const { end } = await sweep(study, executor, { abort: abort.signal, onEvent });
    if (end !== 'interrupted') break;
    study = await reopened(url);
  }
  const results = async (of: Study) =>
    (await rows(of)).map(({ number, params, values, state, parent, reason, epochs }) => {
      return { number, params, values, state, parent, reason, epochs };
    });
  expect(await results(study)).toEqual(await results(whole));
  expect(trained).toHaveLength(4 * MAX_STEPS);
});

test('the total of trials counts exploits too: without one left, all members are trained to the end', async () => {
  const study = await newStudy(populationSpec());
  const trained: Trained = [];
  await sweep(study, populationTrainer(trained), { budget: 5 });
  const table = await rows(study);
  expect(table.map(({ state }) => state).sort()).toEqual([
    'complete',
    'complete',
    'complete',
    'complete',
    'pruned',
  ]);
});

test('several slots begin no more members than the population has', async () => {
  const study = await newStudy(populationSpec());
  const trained: Trained = [];
  await sweep(study, populationTrainer(trained), { slots: 6 });
  const table = await rows(study);
  expect(table.filter(({ parent }) => parent === null)).toHaveLength(4);
  expect(table.filter(({ state }) => state === 'complete')).toHaveLength(4);
  expect(trained.length).toBeLessThanOrEqual(4 * MAX_STEPS);
});

test('a trainer that saves nothing ends the sweep with what is missing', async () => {
  const study = await newStudy(populationSpec());
  await expect(sweep(study, populationTrainer([], false))).rejects.toThrow(
    'expects a trainer that saves checkpoints',
  );
});
