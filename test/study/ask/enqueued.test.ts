import { describe, expect, test } from 'vitest';
import { categorical, float, int } from '../../../src/core/distribution.js';
import type { PartialParams } from '../../../src/storage/storage.js';
import type { Study } from '../../../src/study/study.js';
import {
  DEAD_OWNER,
  makeSpec,
  newAttempt,
  newStudy,
  opened,
  reopened,
  results,
  rows,
  ScriptedExecutor,
  sweep,
  T0,
  tempDir,
  trains,
} from '../harness.js';

const params = [
  { name: 'x', distribution: float(0, 1) },
  { name: 'opt', distribution: categorical(['sgd', 'adam']) },
  { name: 'momentum', distribution: float(0, 1), when: { opt: 'sgd' } },
];
const using = (name: string) => ({ sampler: { name, options: {} } });

async function enqueue(study: Study, ...points: PartialParams[]): Promise<void> {
  await study.storage.enqueue(study.id, points);
}

async function swept(study: Study, budget: number) {
  const executor = new ScriptedExecutor(trains(({ x }) => Number(x)));
  const { events } = await sweep(study, executor, { budget });
  return { started: executor.started, events };
}

describe('enqueued trials', () => {
  test.each(['random', 'tpe', 'cmaes', 'qmc', 'gp'])(
    'run first and in order, with what they fix, whatever the sampler (%s)',
    async (sampler) => {
      const study = await newStudy(makeSpec(params, using(sampler)));
      await enqueue(study, { x: 0.25, opt: 'adam' }, { x: 0.75 }, { momentum: 0.5 });
      const { started } = await swept(study, 12);
      expect(started).toHaveLength(12);
      expect(started.map(({ trial }) => trial)).toEqual(Array.from({ length: 12 }, (_, k) => k));
      expect(started[0]?.params).toEqual({ x: 0.25, opt: 'adam' });
      expect(started[1]?.params.x).toBe(0.75);
      expect(started[2]?.params).toMatchObject({ opt: 'sgd', momentum: 0.5 });
    },
  );

  test('change nothing in what the sampler proposes by its index', async () => {
    const plain = await newStudy(makeSpec(params, using('qmc')));
    const study = await newStudy(makeSpec(params, using('qmc')));
    await enqueue(study, { x: 0.25, opt: 'adam' });
    const [a, b] = [await swept(plain, 4), await swept(study, 5)];
    expect(b.started.slice(1).map((each) => each.params)).toEqual(a.started.map((each) => each.params));
  });

  test('are run beyond the budget, and by a study that was finished', async () => {
    const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 2) }]));
    await swept(study, 9);
    await enqueue(study, { n: 1 });
    expect((await swept(study, 2)).started).toEqual([]);
    expect((await rows(study))[2]).toMatchObject({
      state: 'fail',
      reason: 'the same configuration is tried already',
    });
    const other = await newStudy(makeSpec(params, using('random')));
    await swept(other, 2);
    await enqueue(other, { x: 0.5, opt: 'adam' });
    expect((await swept(other, 2)).started.map((each) => each.params)).toEqual([{ x: 0.5, opt: 'adam' }]);
  });

  test('get their repeats as any other configuration', async () => {
    const study = await newStudy(makeSpec(params, { ...using('random'), repeats: 3, seeds: [5, 6, 7] }));
    await enqueue(study, { x: 0.5, opt: 'adam' });
    const { started } = await swept(study, 3);
    expect(started.map((each) => [each.params.x, each.seed])).toEqual([
      [0.5, 5],
      [0.5, 6],
      [0.5, 7],
    ]);
    expect((await study.view()).configs).toMatchObject([{ index: -1, trialCount: 3 }]);
  });

  test.each<[string, PartialParams, string]>([
    ['an unknown name', { y: 1 }, 'expected the name of a parameter, got y'],
    ['a value outside', { x: 2 }, 'expected x in [0, 1], got 2'],
    ['an inactive one', { opt: 'adam', momentum: 0.5 }, 'momentum would not be active in it'],
    ['a forbidden one', { opt: 'adam', x: 0.125 }, 'a constraint forbids it'],
  ])('that cannot be run fail with the reason and block nothing: %s', async (_, fixed, reason) => {
    const constraints = [{ kind: 'forbid', forbid: { x: { lt: 0.25 }, opt: 'adam' } }] as const;
    const study = await newStudy(makeSpec(params, { ...using('random'), constraints }));
    await enqueue(study, fixed, { x: 0.5 });
    const { started, events } = await swept(study, 2);
    expect(started.map(({ trial, params: { x } }) => [trial, x])).toEqual([[1, 0.5]]);
    expect(events).toContainEqual({
      type: 'warning',
      trial: 0,
      message: `enqueued, but not run: ${reason}`,
    });
    expect((await rows(study))[0]).toMatchObject({ state: 'fail', reason });
  });

  test('are seen by a sweep that runs, and by one that had nothing left', async () => {
    const study = await newStudy(makeSpec(params, using('random')));
    const train = trains(() => 1);
    const executor = new ScriptedExecutor(async (attempt, hooks) => {
      if (attempt.trial === 0) await enqueue(study, { x: 0.5, opt: 'adam' });
      return train(attempt, hooks);
    });
    await sweep(study, executor, { budget: 1 });
    expect(executor.started.map((each) => each.params.x === 0.5)).toEqual([false, true]);
  });

  test('survive the death of the orchestrator that took them', async () => {
    const url = `sqlite:${tempDir()}/hpo.db`;
    const study = await newStudy(makeSpec(params, using('random')), await opened(url));
    await enqueue(study, { x: 0.5, opt: 'adam' });
    expect(await study.openEnqueued(newAttempt(DEAD_OWNER), T0)).toMatchObject({ trial: { number: 0 } });
    expect(await study.openEnqueued(newAttempt(study.owner), T0)).toBeNull();
    const again = await reopened(url);
    const executor = new ScriptedExecutor(trains(() => 3));
    await sweep(again, executor, { budget: 1 });
    expect(executor.resumed.map((each) => each.params)).toEqual([{ x: 0.5, opt: 'adam' }]);
    expect(await results(again)).toEqual(['complete 3']);
  });

  test('are taken once by many askers at once', async () => {
    const url = `sqlite:${tempDir()}/hpo.db`;
    const study = await newStudy(makeSpec(params, using('random')), await opened(url));
    const others = [study, await reopened(url), await reopened(url)];
    await enqueue(study, ...Array.from({ length: 12 }, (_, k) => ({ x: k / 16 })));
    const taken = await Promise.all(
      Array.from({ length: 12 }, (_, k) =>
        (others[k % 3] as Study).openEnqueued(newAttempt(study.owner), T0),
      ),
    );
    expect(taken.map((each) => each?.trial.number).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 12 }, (_, k) => k),
    );
  });
});
