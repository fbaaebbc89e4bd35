import { describe, expect, test } from 'vitest';
import { categorical, contains, float, type Params } from '../../src/core/distribution.js';
import { makeSpace, type ParamSpec } from '../../src/core/space.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Storage } from '../../src/storage/storage.js';
import { createStudy, openStudy } from '../../src/study/open-study.js';
import type { Study } from '../../src/study/study.js';
import { countTrials, planBudget } from '../../src/study/sweep/budget.js';
import { done, makeSpec, opened, ScriptedExecutor, sweep, T0, tempDir } from './harness.js';

const NONE = { trials: null, configurations: null, timeoutMs: null, epochs: null };
const OPTIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  tpe: { startup_trials: 3 },
  gp: { startup_trials: 3 },
  cmaes: { population: 4 },
  nsga2: { population: 3 },
};

const paramsWith = (
  opt: readonly string[],
  size: readonly number[],
  words: readonly string[],
): ParamSpec[] => [
  { name: 'rate', distribution: float(0.1, 1, { step: 0.1 }) },
  { name: 'opt', distribution: categorical(opt) },
  { name: 'size', distribution: categorical(size) },
  { name: 'word', distribution: categorical(words, { ordered: true }) },
];
const BEFORE = paramsWith(['sgd', 'adam', 'lion'], [1, 2, 8], ['small', 'medium', 'large']);
const AFTER = paramsWith(['muon', 'adam'], [8, 4, 1], ['tiny', 'small', 'large']);

const lossOf = ({ rate, opt, size }: Params) =>
  Number(rate) + (opt === 'adam' ? 0 : 0.5) + Math.abs(Number(size) - 4) / 10;

const trainer = () =>
  new ScriptedExecutor(async ({ params }, hooks) => {
    hooks.report([{ name: 'loss', step: 1, value: lossOf(params) }]);
    return done;
  });

async function recordIn(storage: Storage) {
  const record = await storage.findStudy('study');
  if (!record) throw new Error('expected the study');
  return record;
}

const changedTo = async (storage: Storage, { spec }: Study, params: readonly ParamSpec[]) =>
  openStudy(storage, await recordIn(storage), { spec: { ...spec, space: makeSpace(params) } });

const paramsOf = async (study: Study) => (await study.view()).configs.map(({ params }) => params);

describe.each(samplers.map(({ name }) => name))('lists that grow and shrink in a %s study', (sampler) => {
  test('are searched from the next trial on, exactly as if the search had not been interrupted', async () => {
    const outcome = async (stops: readonly number[]) => {
      const url = `sqlite:${tempDir()}/hpo.db`;
      let storage = await opened(url);
      const spec = makeSpec(BEFORE, { sampler: { name: sampler, options: OPTIONS[sampler] ?? {} } });
      const first = await createStudy(storage, { name: 'study', spec, seed: 5, nowMs: T0 });
      await sweep(first, trainer(), { budget: 8 });
      let study = await changedTo(storage, first, AFTER);
      for (const budget of [...stops, 16]) {
        await sweep(study, trainer(), { budget });
        await storage.close();
        storage = await opened(url);
        study = await openStudy(storage, await recordIn(storage));
      }
      return paramsOf(study);
    };
    const whole = await outcome([]);
    expect(whole).toHaveLength(16);
    const isIn = (params: Params, space: readonly ParamSpec[]) =>
      space.every(({ name, distribution }) => contains(distribution, params[name] ?? null));
    expect(whole.slice(0, 8).every((params) => isIn(params, BEFORE))).toBe(true);
    expect(whole.slice(8).every((params) => isIn(params, AFTER))).toBe(true);
    expect(await outcome([9, 12])).toEqual(whole);
  });
});

test('a grid runs what is left of its new points, and counts the others', async () => {
  const storage = await opened();
  const x = (...values: number[]): ParamSpec[] => [{ name: 'x', distribution: categorical(values) }];
  const first = await createStudy(storage, { name: 'study', spec: makeSpec(x(1, 2, 3)), seed: 5, nowMs: T0 });
  await sweep(first, trainer(), {});
  const study = await changedTo(storage, first, x(3, 4, 5));
  const counts = await countTrials(study);
  expect(counts).toMatchObject({ trials: 3, tried: 1, elsewhere: 2 });
  expect(planBudget(study, counts, NONE)).toMatchObject({ budget: null, total: 5 });
  await sweep(study, trainer(), {});
  expect((await paramsOf(study)).map((params) => params.x)).toEqual([1, 2, 3, 4, 5]);
});

test('a running sweep takes the new lists from its next trial on', async () => {
  const storage = await opened();
  const x = (...values: string[]): ParamSpec[] => [
    { name: 'x', distribution: categorical(values) },
    { name: 'y', distribution: float(0, 1) },
  ];
  const spec = makeSpec(x('a', 'b'), { sampler: { name: 'random', options: {} } });
  const study = await createStudy(storage, { name: 'study', spec, seed: 5, nowMs: T0 });
  let tell = () => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const executor = new ScriptedExecutor(async ({ trial }, hooks) => {
    hooks.report([{ name: 'loss', step: 1, value: 1 }]);
    if (trial === 4) {
      await changedTo(storage, study, x('c', 'd'));
      await told;
    }
    return done;
  });
  await sweep(study, executor, {
    budget: 12,
    onEvent: ({ type }) => {
      if (type === 'space-changed') tell();
    },
  });
  const values = (await paramsOf(study)).map((params) => params.x);
  expect(new Set(values.slice(0, 5))).toEqual(new Set(['a', 'b']));
  expect(new Set(values.slice(5))).toEqual(new Set(['c', 'd']));
});

test('a running sweep keeps its space where the new one has other parameters, or its sampler cannot search it', async () => {
  const storage = await opened();
  const spec = makeSpec([{ name: 'x', distribution: categorical([1, 2]) }]);
  const study = await createStudy(storage, { name: 'study', spec, seed: 5, nowMs: T0 });
  const other = { ...spec, sampler: { name: 'random', options: {} } };
  for (const params of [
    [{ name: 'z', distribution: categorical([1, 2]) }],
    [
      { name: 'x', distribution: categorical([1, 2, 3]) },
      { name: 'z', distribution: float(0, 1) },
    ],
  ]) {
    await openStudy(storage, await recordIn(storage), { spec: { ...other, space: makeSpace(params) } });
    expect(await study.readSearch()).toBeNull();
    expect(study.space.params).toEqual(spec.space.params);
  }
});
