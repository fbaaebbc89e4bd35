import { describe, expect, test } from 'vitest';
import { categorical, float } from '../../src/core/distribution.js';
import type { Objective } from '../../src/core/spec.js';
import { createStudyOn } from '../../src/library/create.js';
import type { CreateStudyOptions } from '../../src/library/types.js';
import { openStorage } from '../../src/storage/open.js';
import { done, makeSpec, newStudy, results, rows, ScriptedExecutor, sweep } from './harness.js';

const objectives: readonly Objective[] = [
  { metric: 'accuracy', direction: 'maximize', reduce: 'best' },
  { metric: 'size', direction: 'minimize', reduce: 'last' },
];
const params = [{ name: 'x', distribution: categorical([1, 2, 3]) }];

describe('a study of several objectives', () => {
  test('keeps a value of each, reduced in its own way, and is complete only with all of them', async () => {
    const study = await newStudy(makeSpec(params, { objectives }));
    const executor = new ScriptedExecutor(({ params: given }, hooks) => {
      const x = Number(given.x);
      if (x < 3) hooks.report([{ name: 'accuracy', step: 1, value: 0.9 }]);
      hooks.report([{ name: 'other', step: 1, value: 7 }]);
      if (x === 1) {
        hooks.report([
          { name: 'accuracy', step: 2, value: 0.8 },
          { name: 'size', step: null, value: 12 },
        ]);
      }
      return done;
    });
    const { events } = await sweep(study, executor);
    expect((await rows(study)).map(({ state, values, reason }) => [state, values, reason])).toEqual([
      ['complete', [0.9, 12], null],
      ['fail', null, 'exited 0 without reporting the objective size; it reported accuracy, other'],
      [
        'fail',
        null,
        'exited 0 without reporting the objective accuracy and the objective size; it reported other',
      ],
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'trial-finished', trial: 0, values: [0.9, 12] }),
    );
    expect((await study.view()).configs[0]).toMatchObject({ state: 'complete', values: [0.9, 12] });
  });

  test('is not complete with a NaN among its values', async () => {
    const study = await newStudy(makeSpec(params.slice(0, 1), { objectives }));
    const executor = new ScriptedExecutor((_, hooks) => {
      hooks.report([
        { name: 'accuracy', step: 1, value: 0.9 },
        { name: 'size', step: 1, value: Number.NaN },
      ]);
      return done;
    });
    await sweep(study, executor, { budget: 1 });
    expect((await rows(study))[0]).toMatchObject({ state: 'fail', reason: 'the objective size is NaN' });
  });

  test('gives the mean of each over its repeats', async () => {
    const study = await newStudy(makeSpec(params, { objectives, repeats: 2 }));
    const executor = new ScriptedExecutor(({ trial }, hooks) => {
      hooks.report([
        { name: 'accuracy', step: 1, value: trial },
        { name: 'size', step: 1, value: 10 * trial },
      ]);
      return done;
    });
    await sweep(study, executor, { budget: 2 });
    expect((await study.view()).configs[0]).toMatchObject({ values: [0.5, 5], trialCount: 2 });
  });

  test('refuses a pruner and a sampler of one objective, before anything is stored', async () => {
    const pruned = makeSpec(params, { objectives, pruner: { name: 'wilcoxon', options: {} } });
    await expect(newStudy(pruned)).rejects.toMatchObject({ code: 'pruner.one-objective', usage: true });
    const study = newStudy(makeSpec(params, { objectives, sampler: { name: 'cmaes', options: {} } }));
    await expect(study).rejects.toMatchObject({
      code: 'sampler.one-objective',
      usage: true,
      fix: expect.stringContaining('nsga2') as string,
    });
  });

  test.each(['random', 'qmc', 'tpe', 'nsga2', 'gp', 'auto'])('can be searched by %s', async (name) => {
    const space = [{ name: 'x', distribution: float(0, 1) }];
    const study = await newStudy(makeSpec(space, { objectives, sampler: { name, options: {} } }));
    const executor = new ScriptedExecutor(({ params: given }, hooks) => {
      hooks.report([
        { name: 'accuracy', step: 1, value: Number(given.x) },
        { name: 'size', step: 1, value: Number(given.x) * 2 },
      ]);
      return done;
    });
    await sweep(study, executor, { budget: 20, slots: 3 });
    expect((await results(study)).filter((text) => text.startsWith('complete'))).toHaveLength(20);
  });
});

describe('in the library', () => {
  const space = { x: float(0, 1) };
  const create = (more: object) =>
    createStudyOn(openStorage, {
      name: 's',
      sampler: 'random',
      space,
      ...more,
    } as object as CreateStudyOptions);

  test('directions take a list of values, and a NaN among them is a failure', async () => {
    const study = await create({ directions: ['minimize', 'maximize'] });
    const trial = await study.ask();
    await expect(study.tell(trial, 1)).rejects.toMatchObject({ code: 'trial.values' });
    await study.tell(trial, [1, 2]);
    await expect(study.tell(trial, [1, 2])).rejects.toMatchObject({ code: 'trial.finished' });
    await study.tell(await study.ask(), [Number.NaN, 2]);
    await study.tell(await study.ask(), { state: 'fail' });
    await study.close();
  });

  test('one direction takes a number, or a list of one', async () => {
    const study = await create({ direction: 'minimize' });
    await study.tell(await study.ask(), 1);
    await study.tell(await study.ask(), [1]);
    await expect(study.tell(await study.ask(), [1, 2])).rejects.toMatchObject({ code: 'trial.values' });
    await study.close();
  });

  test.each([[{}], [{ directions: [] }], [{ direction: 'minimize', directions: ['minimize'] }]])(
    'neither and both are refused: %j',
    async (more) => {
      await expect(create(more)).rejects.toMatchObject({ code: 'study.directions', usage: true });
    },
  );
});
