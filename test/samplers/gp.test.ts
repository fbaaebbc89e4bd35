import { expect, test } from 'vitest';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey, resolve, type Space } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import { config, freeze, loadSampler, viewOf } from './support.js';

const gp = await loadSampler('gp');

function propose(space: Space, view: StudyView, seed = 1) {
  const index = view.configs.length;
  const proposal = gp.sample(space, view, { index, rng: makeRng(seed, 'ask', index) });
  if ('exhausted' in proposal) throw new Error(proposal.exhausted);
  return proposal;
}

type Told = Partial<Pick<ConfigView, 'state' | 'values' | 'violations' | 'std' | 'trialCount'>>;

/** A study of so many configurations, each told before the next is asked for. */
function search(space: Space, trials: number, tell: (params: Params, at: number) => Told, seed = 1) {
  const configs: ConfigView[] = [];
  for (let at = 0; at < trials; at++) {
    const { params, attrs } = propose(space, freeze({ ...viewOf([...configs]), seed }), seed);
    const given = resolve(space, ({ name }) => params[name] ?? null).given;
    const plain = config(at, params, { value: 0, given });
    configs.push({ ...plain, attrs: attrs ?? {}, ...tell(params, at) });
  }
  return configs;
}

const best = (configs: readonly ConfigView[]) =>
  Math.min(...configs.map(({ values }) => values?.[0] ?? Number.POSITIVE_INFINITY));
const square = (x: number) => x * x;
const plane = makeSpace([
  { name: 'x', distribution: float(-5, 5) },
  { name: 'y', distribution: float(1e-4, 1, { log: true }) },
]);
const bowl = ({ x, y }: Params) => square(Number(x) - 2) + square(Math.log10(Number(y)) + 2);

test('comes close to the minimum of a smooth function in 25 trials, from any seed', () => {
  for (const seed of [1, 2, 3]) {
    const configs = search(plane, 25, (params) => ({ values: [bowl(params)] }), seed);
    expect(best(configs.slice(0, 10))).toBeGreaterThan(0.01);
    expect(best(configs)).toBeLessThan(0.01);
  }
});

test('maximizes as it minimizes', () => {
  const past = search(plane, 14, (params) => ({ values: [bowl(params)] }));
  const mirrored = past.map((each) => ({ ...each, values: each.values?.map((v) => -v) ?? null }));
  expect(propose(plane, viewOf(mirrored, ['maximize']))).toEqual(propose(plane, viewOf(past)));
});

test('finds the best of mixed and conditional parameters', () => {
  const space = makeSpace([
    { name: 'kind', distribution: categorical(['a', 'b', 'c']) },
    { name: 'depth', distribution: int(1, 12), when: { kind: 'b' } },
    { name: 'rate', distribution: float(0, 1), when: { kind: ['a', 'c'] } },
    { name: 'size', distribution: categorical([16, 32, 64, 128]) },
  ]);
  const loss = ({ kind, depth, rate, size }: Params) =>
    (kind === 'b' ? 0.1 * square(Number(depth) - 7) : 1 + square(Number(rate) - 0.5)) +
    Math.abs(Math.log2(Number(size)) - 6);
  const configs = search(space, 45, (params) => ({ values: [loss(params)] }));
  expect(configs.find(({ values }) => values?.[0] === 0)?.params).toEqual({ kind: 'b', depth: 7, size: 64 });
});

test('tries every point of a small space before any a second time', () => {
  const space = makeSpace([
    { name: 'a', distribution: categorical(['x', 'y', 'z']) },
    { name: 'b', distribution: int(1, 6) },
  ]);
  const configs = search(space, 18, ({ a, b }) => ({ values: [Number(b) + (a === 'y' ? 0 : 2)] }));
  // A uniform draw of the startup may repeat a point: the study asks again there. The model never does.
  const startup = new Set(configs.slice(0, 10).map(({ key }) => key));
  const later = configs.slice(10, 10 + 18 - startup.size).map(({ key }) => key);
  expect(new Set([...startup, ...later]).size).toBe(startup.size + later.length);
});

test('keeps away from what still runs', () => {
  const past = search(plane, 16, (params) => ({ values: [bowl(params)] }));
  const running: ConfigView[] = [];
  for (let k = 0; k < 4; k++) {
    const { params } = propose(plane, viewOf([...past, ...running]));
    running.push(config(past.length + k, params, { state: 'running', value: null }));
  }
  const places = running.map(({ params }) => [Number(params.x) / 10, Math.log10(Number(params.y)) / 4]);
  for (let a = 0; a < 4; a++)
    for (let b = 0; b < a; b++) {
      const [p, q] = [places[a] as number[], places[b] as number[]];
      const distance2 =
        square((p[0] as number) - (q[0] as number)) + square((p[1] as number) - (q[1] as number));
      expect(distance2).toBeGreaterThan(1e-6);
    }
});

test('searches where constraints on outcomes hold', () => {
  // The minimum, at x = 2, is forbidden: x must stay below 0.
  const configs = search(plane, 30, (params) => ({
    values: [bowl(params)],
    violations: [Number(params.x)],
  }));
  const late = configs.slice(15);
  // The best lies on the boundary, so half of what is worth trying lies a little beyond.
  expect(late.filter(({ params }) => Number(params.x) <= 0.1).length).toBeGreaterThan(late.length / 2);
  const feasible = configs.filter(({ params }) => Number(params.x) <= 0);
  expect(best(feasible)).toBeLessThan(4.1);
});

test('leaves a region where everything fails', () => {
  const configs = search(plane, 40, (params) =>
    Number(params.x) > 1.5 ? { state: 'fail', values: null, trialCount: 0 } : { values: [bowl(params)] },
  );
  const late = configs.slice(25);
  // The best that succeeds lies next to the failures: some trials find out where they begin, none goes deep into them.
  expect(late.filter(({ state }) => state === 'fail').length).toBeLessThan(0.7 * late.length);
  expect(late.filter(({ params }) => Number(params.x) > 2).length).toBeLessThan(3);
  expect(best(configs)).toBeLessThan(0.6);
});

test('learns the noise from repeats', () => {
  const noisy = (std: number) => {
    const rng = makeRng(5, 'noise');
    const past = search(plane, 14, (params) => ({ values: [bowl(params) + 0.01 * rng.normal()] }));
    return past.map((each) => ({ ...each, trialCount: 3, std: [std] }));
  };
  const noiseOf = (past: readonly ConfigView[]) => {
    const theta = propose(plane, viewOf(past)).attrs?.['gp:theta'] as readonly number[];
    return theta.at(-2) as number;
  };
  expect(noiseOf(noisy(3))).toBeGreaterThan(noiseOf(noisy(0.001)) + 2);
});

test('remembers its hyperparameters in what it proposes, and continues from there', () => {
  const past = search(plane, 14, (params) => ({ values: [bowl(params)] }));
  expect(past[9]?.attrs).toEqual({});
  const theta = past[13]?.attrs['gp:theta'] as readonly number[];
  expect(theta).toHaveLength(6);
  const elsewhere = past.map((each, k) =>
    k === 13 ? { ...each, attrs: { 'gp:theta': [5, 5, 0, -1.5, -8, 0] } } : each,
  );
  expect(propose(plane, viewOf(elsewhere))).not.toEqual(propose(plane, viewOf(past)));
  // What someone else wrote there is no harm.
  const spoilt = past.map((each) => ({ ...each, attrs: { 'gp:theta': 'nonsense' } }));
  expect(paramsKey(propose(plane, viewOf(spoilt)).params)).not.toBe('');
});

test('starts with a latin hypercube: each tenth of each range once', () => {
  const configs = search(plane, 10, () => ({ values: [0] }));
  const tenths = (codes: readonly number[]) => codes.map((t) => Math.floor(t * 10)).sort((a, b) => a - b);
  const all = Array.from({ length: 10 }, (_, k) => k);
  expect(tenths(configs.map(({ params }) => (Number(params.x) + 5) / 10))).toEqual(all);
  expect(tenths(configs.map(({ params }) => (Math.log10(Number(params.y)) + 4) / 4))).toEqual(all);
});

test('learns nothing from values that lie outside the space', () => {
  const past = Array.from({ length: 20 }, (_, k) => config(k, { x: 100 + k, y: 0.1 }, { value: k }));
  expect(propose(plane, viewOf(past)).attrs).toBeUndefined();
  const some = search(plane, 14, (params) => ({ values: [bowl(params)] }));
  const mixed = propose(plane, viewOf([...some, ...past])).params;
  expect(mixed).toEqual(propose(plane, viewOf([...some, ...past])).params);
  expect(Number(mixed.x)).toBeLessThanOrEqual(5);
});

test('takes values that lie as near to each other, and as far apart, as numbers can', async () => {
  const space = makeSpace([{ name: 'x', distribution: int(1, 4, { log: true }) }]);
  const configs = [1e308, 0, -5e-324].map((value, at) => config(at, { x: at + 1 }, { value }));
  const early = await loadSampler('gp', { startup_trials: 1 });
  const at = { index: 3, rng: makeRng(1, 'ask', 3) };
  expect(early.sample(space, viewOf(configs), at)).toMatchObject({ params: { x: 4 } });
});
