import { join } from 'node:path';
import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { Objective } from '../../src/core/spec.js';
import type { MetricPoint } from '../../src/executors/executor.js';
import type { Study } from '../../src/study/study.js';
import {
  done,
  failed,
  makeSpec,
  newStudy,
  opened,
  reopened,
  results,
  ScriptedExecutor,
  sweep,
  tempDir,
  turn,
} from './harness.js';

const objectives: readonly Objective[] = [
  { metric: 'loss', direction: 'minimize', reduce: 'last' },
  { metric: 'accuracy', direction: 'maximize', reduce: 'last' },
];
const pruner = { name: 'median', options: { startup_trials: 2 } };
const numbers = [{ name: 'n', distribution: int(0, 3) }];
/** Loss and accuracy of trials 0, 1, ... at each of four steps: the last but one is behind in both. */
const LEVELS = [
  [1, 0.5],
  [2, 0.6],
  [3, 0.4],
  [3, 0.9],
] as const;

const points = (n: number, order: readonly string[]): MetricPoint[] =>
  [1, 2, 3, 4].flatMap((step) =>
    order.map((name) => ({
      name,
      step,
      value: (LEVELS[n] as readonly number[])[name === 'loss' ? 0 : 1] as number,
    })),
  );

/** A trainer that writes so many values at a time, and takes a while to die. */
const chunked = (size: number, order: readonly string[]) =>
  new ScriptedExecutor(async ({ params }, hooks) => {
    const all = points(Number(params.n), order);
    while (all.length > 0) {
      hooks.report(all.splice(0, size));
      if (size % 2 === 1) await turn();
    }
    for (let k = 0; k < 20 && !hooks.signal.aborted; k++) await turn();
    return hooks.signal.aborted ? failed(143) : done;
  });

const curvesOf = async (study: Study) =>
  (await study.view()).configs.map(({ trials }) => trials[0]?.objectiveSteps?.map(({ size }) => size));

test.each([
  [1, ['loss', 'accuracy']],
  [2, ['accuracy', 'loss']],
  [3, ['loss', 'accuracy']],
  [100, ['accuracy', 'loss']],
] as const)(
  'a trial behind in every objective is pruned at the step that is complete (%i at a time)',
  async (size, order) => {
    const study = await newStudy(makeSpec(numbers, { objectives, pruner }));
    await sweep(study, chunked(size, order));
    expect(await results(study)).toEqual(['complete 1', 'complete 2', 'pruned 3', 'complete 3']);
    expect(await curvesOf(study)).toEqual([
      [4, 4],
      [4, 4],
      [1, 1],
      [4, 4],
    ]);
  },
);

test('who opens the study again sees every objective of its trials', async () => {
  const url = `sqlite:${join(tempDir(), 's.db')}`;
  const storage = await opened(url);
  const study = await newStudy(makeSpec(numbers, { objectives, pruner }), storage);
  await sweep(study, chunked(100, ['loss', 'accuracy']));
  await storage.close();
  expect(await curvesOf(await reopened(url))).toEqual([
    [4, 4],
    [4, 4],
    [1, 1],
    [4, 4],
  ]);
});

test('a study without a pruner, and one of one objective, keep nothing more than the steps', async () => {
  const without = await newStudy(makeSpec(numbers, { objectives }));
  await sweep(without, chunked(100, ['loss', 'accuracy']));
  const one = await newStudy(makeSpec(numbers, { pruner }));
  await sweep(one, chunked(100, ['loss', 'accuracy']));
  for (const study of [without, one])
    for (const { trials } of (await study.view()).configs)
      expect(Object.keys(trials[0] ?? {}).sort()).toEqual([
        ...['id', 'number', 'state', 'steps', 'values', 'violations'],
      ]);
});

test('one that violates a metric constraint is pruned although its value is the best', async () => {
  const metricConstraints = [{ metric: 'accuracy', bound: 'max', limit: 0.55 } as const];
  const study = await newStudy(makeSpec(numbers, { pruner, metricConstraints }));
  const executor = new ScriptedExecutor(async ({ params }, hooks) => {
    const n = Number(params.n);
    for (const step of [1, 2, 3]) {
      hooks.report([
        { name: 'accuracy', step, value: n === 2 ? 0.9 : 0.5 },
        { name: 'loss', step, value: n === 2 ? 0 : 1 },
      ]);
      await turn();
    }
    for (let k = 0; k < 20 && !hooks.signal.aborted; k++) await turn();
    return hooks.signal.aborted ? failed(143) : done;
  });
  await sweep(study, executor);
  expect(await results(study)).toEqual(['complete 1', 'complete 1', 'pruned 0', 'complete 1']);
});
