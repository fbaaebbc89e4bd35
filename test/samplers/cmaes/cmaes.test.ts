import { describe, expect, test } from 'vitest';
import { categorical, float, int, type Params } from '../../../src/core/distribution.js';
import { makeRng } from '../../../src/core/rng.js';
import { makeSpace, type Space } from '../../../src/core/space.js';
import type { ConfigView } from '../../../src/core/study-view.js';
import type { Attrs } from '../../../src/core/trial.js';
import type { Sampler } from '../../../src/samplers/sampler.js';
import { config, loadSampler, viewOf } from '../support.js';

type Mark = { generation: number; x: number[]; start?: number[]; parents?: number[] };
const markOf = ({ attrs }: Pick<ConfigView, 'attrs'>) => (attrs as unknown as { cmaes: Mark }).cmaes;

function ask(sampler: Sampler, space: Space, configs: readonly ConfigView[], index: number, seed = 1) {
  const view = { ...viewOf(configs), seed };
  const proposal = sampler.sample(space, view, { index, rng: makeRng(seed, 'ask', index) });
  if ('exhausted' in proposal) throw new Error(proposal.exhausted);
  // As the storage gives them back.
  const { params, attrs } = JSON.parse(JSON.stringify(proposal)) as Pick<ConfigView, 'params' | 'attrs'>;
  return { params, attrs };
}

/** One configuration after the other. */
async function minimize(
  space: Space,
  f: (params: Params) => number,
  count: number,
  { seed = 1, sampler, from = [] }: { seed?: number; sampler?: Sampler; from?: readonly ConfigView[] } = {},
): Promise<ConfigView[]> {
  const used = sampler ?? (await loadSampler('cmaes'));
  const configs = [...from];
  for (let index = configs.length; index < count; index++) {
    const { params, attrs } = ask(used, space, configs, index, seed);
    configs.push({ ...config(index, params, { value: f(params) }), attrs });
  }
  return configs;
}

const bestOf = (configs: readonly ConfigView[]) =>
  Math.min(...configs.map(({ values }) => values?.[0] ?? Infinity));
const square = (x: number) => x * x;
const floats = (n: number) =>
  makeSpace(Array.from({ length: n }, (_, k) => ({ name: `x${k}`, distribution: float(-5, 5) })));
/** Not separable, badly scaled, its optimum off the middle. */
const valley = ({ x0, x1, x2, x3 }: Params) => {
  const [a, b, c, d] = [x0, x1, x2, x3].map((x) => Number(x) - 1.3) as [number, number, number, number];
  return 1e3 * square(a + b - c) + square(a - b) + 30 * square(c + d) + square(d);
};

describe('cmaes', () => {
  test('turns a long, oblique valley into its optimum', async () => {
    const configs = await minimize(floats(4), valley, 800);
    expect(bestOf(configs)).toBeLessThan(1e-6);
  });

  test('finds optima on the bounds, in logarithms, on lattices and among choices', async () => {
    const space = makeSpace([
      { name: 'lr', distribution: float(1e-6, 1, { log: true }) },
      { name: 'edge', distribution: float(0, 1) },
      { name: 'n', distribution: int(1, 1000, { log: true }) },
      { name: 'k', distribution: int(-20, 20) },
      { name: 'step', distribution: float(0, 1, { step: 0.1 }) },
      { name: 'size', distribution: categorical([16, 32, 64, 128]) },
      { name: 'opt', distribution: categorical(['a', 'b', 'c']) },
    ]);
    const f = ({ lr, edge, n, k, step, size, opt }: Params) =>
      Math.abs(Math.log10(Number(lr)) + 3.2) +
      Number(edge) +
      Math.abs(Math.log(Number(n) / 77)) +
      Math.abs(Number(k) - 13) / 10 +
      Math.abs(Number(step) - 0.7) +
      Math.abs(Math.log2(Number(size)) - 6) / 2 +
      (opt === 'b' ? 0 : 0.5);
    const configs = await minimize(space, f, 400);
    const best = configs.reduce((a, b) => ((a.values?.[0] ?? 0) <= (b.values?.[0] ?? 0) ? a : b));
    expect(best.params).toMatchObject({ k: 13, step: 0.7, size: 64, opt: 'b' });
    expect(best.values?.[0]).toBeLessThan(0.2);
  });

  test('a sampler that never saw the study continues exactly as the one that made it', async () => {
    const space = makeSpace([
      { name: 'x', distribution: float(-5, 5) },
      { name: 'k', distribution: int(0, 9) },
      { name: 'c', distribution: categorical(['a', 'b']) },
    ]);
    const f = ({ x, k, c }: Params) => square(Number(x) - 2) + Math.abs(Number(k) - 6) + (c === 'a' ? 1 : 0);
    const whole = await minimize(space, f, 60);
    for (const cut of [1, 7, 8, 31, 59]) {
      const resumed = await minimize(space, f, 60, { from: structuredClone(whole.slice(0, cut)) });
      expect(resumed).toEqual(whole);
    }
  });

  test('each generation but the first names the one before, of the size that the strategy asks for', async () => {
    const configs = await minimize(floats(4), valley, 41);
    const marks = configs.map(markOf);
    expect(marks.map(({ generation }) => generation)).toEqual(marks.map((_, k) => Math.floor(k / 8)));
    expect(marks[0]?.start).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(marks[16]?.parents).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
    expect(marks.filter(({ parents }) => parents).length).toBe(5);
  });

  test('asked while results are missing, draws more; late results count in the next generation', async () => {
    const sampler = await loadSampler('cmaes');
    const space = floats(4);
    const asked: ConfigView[] = [];
    for (let index = 0; index < 20; index++) {
      const { params, attrs } = ask(sampler, space, asked, index);
      asked.push({ ...config(index, params, { state: 'running' }), attrs });
    }
    expect(asked.map((one) => markOf(one).generation)).toEqual(asked.map(() => 0));
    expect(new Set(asked.map(({ key }) => key)).size).toBe(20);
    const finish = (one: ConfigView) => ({
      ...config(one.index, one.params, { value: valley(one.params) }),
      attrs: one.attrs,
    });
    // The last come first; twelve of twenty are late.
    const some = [...asked.slice(0, 12), ...asked.slice(12).map(finish)];
    const next = ask(sampler, space, some, 20);
    expect(markOf(next)).toMatchObject({ generation: 1, parents: [12, 13, 14, 15, 16, 17, 18, 19] });
    const all = [
      ...asked.map(finish),
      { ...config(20, next.params, { state: 'running' }), attrs: next.attrs },
    ];
    const after = ask(sampler, space, all, 21);
    expect(markOf(after)).toMatchObject({ generation: 2, parents: [0, 1, 2, 3, 4, 5, 6, 7] });
    expect(ask(await loadSampler('cmaes'), space, structuredClone(all), 21)).toEqual(after);
  });

  test('begins at the best that the study has from elsewhere', async () => {
    const foreign = [
      config(-1, { x0: 1, x1: -4, x2: 0, x3: 5 }, { value: 3 }),
      config(-1, { x0: 0, x1: 0, x2: 0, x3: 0 }, { value: 9 }),
      config(-1, { x0: 2, x1: 2, x2: 2, x3: 2 }, { state: 'running' }),
    ];
    const first = ask(await loadSampler('cmaes'), floats(4), foreign, 0);
    expect(markOf(first).start?.map((u) => Number(u.toFixed(9)))).toEqual([0.6, 0.1, 0.5, 1]);
  });

  test('starts again, with twice the population, where nothing changes any more', async () => {
    const configs = await minimize(floats(2), () => 1, 400);
    const sizes = new Map<number, number>();
    for (const { generation } of configs.map(markOf)) sizes.set(generation, (sizes.get(generation) ?? 0) + 1);
    expect(sizes.get(0)).toBe(6);
    expect([...sizes.values()].slice(0, -1)).toContain(12);
  });

  test('failures rank last: the search leaves where everything fails', async () => {
    const sampler = await loadSampler('cmaes');
    const space = floats(2);
    const configs: ConfigView[] = [];
    for (let index = 0; index < 150; index++) {
      const { params, attrs } = ask(sampler, space, configs, index);
      const [x, y] = [Number(params.x0), Number(params.x1)];
      const fails = x < 1;
      const value = square(x - 1.5) + square(y + 2);
      configs.push({ ...config(index, params, fails ? { state: 'fail' } : { value }), attrs });
    }
    expect(bestOf(configs)).toBeLessThan(0.01);
    expect(configs.slice(-30).filter(({ state }) => state === 'fail').length).toBeLessThan(10);
  });

  test('begins again at the best where a range has changed: the same point of the cube is another configuration', async () => {
    const sampler = await loadSampler('cmaes');
    const range = (high: number) => makeSpace([{ name: 'x', distribution: float(0, high) }]);
    const configs: ConfigView[] = [];
    for (let index = 0; index < 12; index++) {
      const { params, attrs } = ask(sampler, range(1), configs, index);
      configs.push({ ...config(index, params, { value: Math.abs(Number(params.x) - 0.9) }), attrs });
    }
    const best = configs.toSorted((a, b) => Number(a.values?.[0]) - Number(b.values?.[0]))[0]?.params.x;
    const mark = markOf(ask(sampler, range(4), configs, 12));
    expect(mark).toMatchObject({ generation: 0, start: [Number(best) / 4] });
    // As long as the range stays, so do the generations.
    expect(markOf(ask(sampler, range(1), configs, 12)).generation).toBeGreaterThan(0);
  });

  test('attributes that are not its own, or of another space, are passed over', async () => {
    const sampler = await loadSampler('cmaes');
    const odd: Attrs[] = [
      { cmaes: 3 },
      { cmaes: { generation: 0, x: [1] } },
      { cmaes: { x: ['a', 'b'] } },
      { other: {} },
    ];
    const configs = odd.map((attrs, k) => ({
      ...config(k, { x0: k, x1: 0 }, { value: k }),
      attrs,
    }));
    expect(markOf(ask(sampler, floats(2), configs, 4))).toMatchObject({ generation: 0 });
  });
});
