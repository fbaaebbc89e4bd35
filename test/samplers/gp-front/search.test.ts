import { describe, expect, test } from 'vitest';
import { hypervolume } from '../../../bench/pareto/hypervolume.js';
import { categorical, float, type Params } from '../../../src/core/distribution.js';
import { makeRng } from '../../../src/core/rng.js';
import { makeSpace, paramsKey, type Space } from '../../../src/core/space.js';
import type { ConfigView } from '../../../src/core/study-view.js';
import type { Direction } from '../../../src/core/trial.js';
import { searchForFront } from '../../../src/samplers/gp/front/search.js';
import { config, freeze, loadSampler, viewOf } from '../support.js';

const gp = await loadSampler('gp');
const random = await loadSampler('random');
const two: readonly Direction[] = ['minimize', 'minimize'];
const space = makeSpace(['x', 'y', 'z'].map((name) => ({ name, distribution: float(0, 1) })));
/** Distances to two points: the front lies between them. */
const spheres = (params: Params): number[] =>
  [0.25, 0.75].map((place) =>
    Object.values(params).reduce<number>((sum, v) => sum + (Number(v) - place) ** 2, 0),
  );

type Told = Partial<Pick<ConfigView, 'state' | 'values' | 'violations' | 'std' | 'trialCount'>>;

function search(
  of: Space,
  trials: number,
  tell: (params: Params, at: number) => Told,
  { sampler = gp, directions = two, seed = 1 } = {},
): ConfigView[] {
  const configs: ConfigView[] = [];
  for (let index = 0; index < trials; index++) {
    const view = freeze({ ...viewOf(configs, directions), seed });
    const proposal = sampler.sample(of, view, { index, rng: makeRng(seed, 'ask', index) });
    if ('exhausted' in proposal) throw new Error(proposal.exhausted);
    const plain = config(index, proposal.params, { value: 0 });
    configs.push({
      ...plain,
      attrs: proposal.attrs ?? {},
      key: paramsKey(proposal.params),
      ...tell(proposal.params, index),
    });
  }
  return configs;
}

const volume = (configs: readonly ConfigView[], worst = [0.8, 0.8]) =>
  hypervolume(
    configs.flatMap(({ values }) => (values ? [values] : [])),
    worst,
  );

test('two objectives: finds nearly all of the front in 35 trials, far more than random draws', () => {
  const tell = (params: Params) => ({ values: spheres(params) });
  const all = volume(
    Array.from({ length: 200 }, (_, k) => {
      const v = 0.25 + k / 400;
      return config(k, {}, { values: spheres({ x: v, y: v, z: v }) });
    }),
  );
  expect(volume(search(space, 35, tell)) / all).toBeGreaterThan(0.93);
  expect(volume(search(space, 35, tell, { sampler: random })) / all).toBeLessThan(0.8);
});

test('three objectives: more than random draws', () => {
  const tell = (params: Params) => ({ values: [...spheres(params), (Number(params.x) - 0.9) ** 2] });
  const three = [...two, 'minimize'] as const;
  const found = search(space, 30, tell, { directions: three });
  const drawn = search(space, 30, tell, { directions: three, sampler: random });
  expect(volume(found, [0.8, 0.8, 0.8])).toBeGreaterThan(1.1 * volume(drawn, [0.8, 0.8, 0.8]));
  expect(found[29]?.attrs['gp:thetas']).toHaveLength(3);
});

test('four objectives are asked of tpe', async () => {
  const four = [...two, ...two];
  const tell = (params: Params) => ({ values: [...spheres(params), ...spheres(params)] });
  const past = search(space, 15, tell, { directions: four });
  const tpe = await loadSampler('tpe');
  expect(past).toEqual(search(space, 15, tell, { directions: four, sampler: tpe }));
});

test('keeps metric constraints: most late trials of a front on the wrong side are within', () => {
  // Half of the front is forbidden.
  const configs = search(space, 40, (params) => ({
    values: spheres(params),
    violations: [Number(params.x) + Number(params.y) - 0.9],
  }));
  const late = configs.slice(15);
  const within = late.filter(({ violations }) => (violations[0] as number) <= 0);
  expect(within.length).toBeGreaterThan(0.6 * late.length);
  const kept = configs.filter(({ violations }) => (violations[0] as number) <= 0);
  expect(volume(kept)).toBeGreaterThan(0.27);
});

test('until something is within its limits, it looks for that', () => {
  const configs = search(space, 30, (params) => ({
    values: spheres(params),
    violations: [1.95 - Number(params.x) - Number(params.y)],
  }));
  const first = configs.slice(0, 10);
  expect(first.every(({ violations }) => (violations[0] as number) > 0)).toBe(true);
  expect(configs.some(({ violations }) => (violations[0] as number) <= 0)).toBe(true);
});

describe('noise', () => {
  const clean = search(space, 20, (params) => ({ values: spheres(params) }));
  const rng = makeRng(3, 'noise');

  test('a lucky draw is no member of the front that later proposals must beat', () => {
    const noisy = search(space, 40, (params) => ({
      values: spheres(params).map((v) => v + 0.1 * rng.normal()),
    }));
    const truth = noisy.map((each) => ({ ...each, values: spheres(each.params) }));
    expect(volume(truth)).toBeGreaterThan(volume(clean.slice(0, 10)));
    expect(volume(truth)).toBeGreaterThan(0.3);
  });

  test('is learned from repeats, for each objective', () => {
    const repeated = clean.map((each) => ({ ...each, trialCount: 3, std: [0.3, 0.0001] }));
    const view = viewOf(repeated, two);
    const { attrs } = gp.sample(space, view, { index: 20, rng: makeRng(1) }) as {
      attrs: ConfigView['attrs'];
    };
    const [first, second] = attrs['gp:thetas'] as unknown as number[][];
    expect(first?.at(-2)).toBeGreaterThan((second?.at(-2) as number) + 2);
  });
});

test('keeps away from what runs', () => {
  const past = search(space, 16, (params) => ({ values: spheres(params) }));
  const running: ConfigView[] = [];
  for (let k = 0; k < 4; k++) {
    const at = { index: 16 + k, rng: makeRng(1, 'ask', 16) };
    const proposal = gp.sample(space, viewOf([...past, ...running], two), at) as { params: Params };
    running.push(config(16 + k, proposal.params, { state: 'running' }));
  }
  const rows = running.map(({ params }) => Object.values(params).map(Number));
  for (const [a, one] of rows.entries())
    for (const other of rows.slice(a + 1))
      expect(Math.max(...one.map((v, c) => Math.abs(v - (other[c] as number))))).toBeGreaterThan(1e-3);
});

test('a pruned configuration is on no front, however good it looks', () => {
  const choices = makeSpace([
    { name: 'kind', distribution: categorical(['right', 'wrong']) },
    { name: 'x', distribution: float(0, 1) },
  ]);
  const configs = search(choices, 40, ({ kind, x }) => {
    const values = [(Number(x) - 0.2) ** 2, (Number(x) - 0.8) ** 2];
    return kind === 'right'
      ? { values }
      : { values: values.map((v) => v - 5), state: 'pruned', trialCount: 0 };
  });
  expect(configs.slice(20).filter(({ params }) => params.kind === 'wrong').length).toBeLessThan(8);
});

describe('every second search begins at one member of the front, the others at many', () => {
  const pair = makeSpace(['x', 'y'].map((name) => ({ name, distribution: float(0, 1) })));
  const rng = makeRng(5, 'turns');
  const known = (index: number): ConfigView => {
    const params = { x: rng.float(), y: rng.float() };
    return { ...config(index, params, { values: spheres(params) }), key: paramsKey(params) };
  };

  test.each([
    { what: 'while trials fail', results: 12, more: { state: 'fail', values: null } as const },
    { what: 'with more results than the models use', results: 200, more: {} },
  ])('$what', ({ results, more }) => {
    const configs = Array.from({ length: results + 4 }, (_, k) => known(k)).map((each, k) =>
      k < results ? each : { ...each, ...more },
    );
    const starts = [1, 2, 3, 4].map((k) => {
      const found = searchForFront(pair, viewOf(configs.slice(0, results + k), two));
      return found?.anchors.length === 1 ? 'one' : 'many';
    });
    expect(starts.toSorted()).toEqual(['many', 'many', 'one', 'one']);
  });
});
