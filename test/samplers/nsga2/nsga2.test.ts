import { describe, expect, test } from 'vitest';
import { categorical, float, int, type Params } from '../../../src/core/distribution.js';
import { makeRng } from '../../../src/core/rng.js';
import { makeSpace, paramsKey, resolve, type Space } from '../../../src/core/space.js';
import type { ConfigView } from '../../../src/core/study-view.js';
import type { Direction } from '../../../src/core/trial.js';
import type { Sampler } from '../../../src/samplers/sampler.js';
import { config, loadSampler, viewOf } from '../support.js';
import { hypervolume } from './hypervolume.js';

type Outcome = { readonly values: readonly number[]; readonly violations?: readonly number[] };

const nsga2 = await loadSampler('nsga2');
const tpe = await loadSampler('tpe');
const random = await loadSampler('random');

/** Asks and tells as a study with one slot does: a configuration that is held is asked for again. */
function search(
  sampler: Sampler,
  space: Space,
  directions: readonly Direction[],
  outcome: (params: Params) => Outcome,
  trials: number,
  seed: number,
): ConfigView[] {
  const configs: ConfigView[] = [];
  for (let index = 0; index < trials; index++) {
    const view = viewOf(configs, directions);
    for (let attempt = 0; attempt < 100; attempt++) {
      const proposal = sampler.sample(space, view, { index, rng: makeRng(seed, 'ask', index, attempt) });
      if ('exhausted' in proposal) throw new Error(proposal.exhausted);
      const { given } = resolve(space, ({ name }) => proposal.params[name] ?? null);
      if (configs.some(({ key }) => key === paramsKey(given))) continue;
      configs.push(config(index, proposal.params, { ...outcome(proposal.params), given }));
      break;
    }
  }
  return configs;
}

const numbers = (count: number) =>
  makeSpace(Array.from({ length: count }, (_, k) => ({ name: `x${k}`, distribution: float(0, 1) })));

/** ZDT1 of Zitzler, Deb and Thiele (2000): a convex front where all but the first are 0. */
function zdt1(params: Params): Outcome {
  const [first = 0, ...rest] = Object.values(params).map(Number);
  const g = 1 + (9 * rest.reduce((sum, x) => sum + x, 0)) / rest.length;
  return { values: [first, g * (1 - Math.sqrt(first / g))] };
}

/** Accuracy against size: a network of some kind, with a branch. */
const network = makeSpace([
  { name: 'rate', distribution: float(1e-5, 1, { log: true }) },
  { name: 'opt', distribution: categorical(['sgd', 'adam', 'rms']) },
  { name: 'momentum', distribution: float(0, 0.99), when: { opt: 'sgd' } },
  { name: 'layers', distribution: int(1, 8) },
  { name: 'width', distribution: int(8, 512, { log: true }) },
]);
function trained({ rate, opt, momentum, layers, width }: Params): Outcome {
  const capacity = (Math.log2(Number(width)) / 9) * 0.6 + Number(layers) / 20;
  const off = Math.log10(Number(rate)) + (opt === 'sgd' ? 1 : 3);
  const branch = opt === 'sgd' ? Math.abs(Number(momentum) - 0.9) / 5 : opt === 'adam' ? 0 : 0.05;
  const accuracy = 1 - 0.3 * Math.exp(-3 * capacity) - 0.05 * off * off - branch;
  return { values: [accuracy, Math.log10(Number(layers) * Number(width) * Number(width))] };
}

const SEEDS = Array.from({ length: 8 }, (_, k) => k + 1);

describe.each([
  ['nsga2', nsga2],
  ['tpe', tpe],
])('against random search, over several seeds, %s finds a larger hypervolume', (_name, sampler) => {
  test.each([
    ['of ZDT1', numbers(6), ['minimize', 'minimize'], zdt1, [1.1, 6], 8],
    [
      'of accuracy and size, with choices and a branch',
      network,
      ['maximize', 'minimize'],
      trained,
      [0, 7],
      6,
    ],
  ] as const)('%s in 100 trials', (_, space, directions, outcome, worst, wins) => {
    const volume = (by: Sampler, seed: number) =>
      hypervolume(
        search(by, space, directions, outcome, 100, seed).map(({ values }) => values ?? []),
        directions,
        worst,
      );
    const won = SEEDS.filter((seed) => volume(sampler, seed) > volume(random, seed));
    expect(won.length).toBeGreaterThanOrEqual(wins);
  });
});

test('with one objective it comes nearer than random draws', () => {
  const sphere = (params: Params) => ({
    values: [
      Object.values(params).reduce<number>((sum, x) => sum + (Number(x) - 0.3) * (Number(x) - 0.3), 0),
    ],
  });
  const best = (sampler: Sampler, seed: number) =>
    Math.min(
      ...search(sampler, numbers(5), ['minimize'], sphere, 100, seed).map(({ values }) =>
        Number(values?.[0]),
      ),
    );
  for (const seed of SEEDS) expect(best(nsga2, seed)).toBeLessThan(best(random, seed));
});

test('goes where outcome constraints hold', () => {
  // Feasible in a tenth of the square, away from where both objectives are small.
  const outcome = ({ x0, x1 }: Params) => ({
    values: [Number(x0), Number(x1)],
    violations: [1.55 - Number(x0) - Number(x1)],
  });
  const found = search(nsga2, numbers(2), ['minimize', 'minimize'], outcome, 60, 1);
  const late = found.slice(30).filter(({ violations }) => Number(violations[0]) <= 0);
  expect(late.length).toBeGreaterThan(15);
});

describe('children', () => {
  const parents = (all: readonly Params[]) =>
    all.map((params, k) => config(k, params, { values: [k, all.length - k] }));
  const child = async (space: Space, all: readonly Params[], options: Record<string, number>, seed = 1) => {
    const sampler = await loadSampler('nsga2', { population: all.length, ...options });
    const view = viewOf(parents(all), ['minimize', 'minimize']);
    const proposal = sampler.sample(space, view, { index: all.length, rng: makeRng(seed, 'child') });
    if ('exhausted' in proposal) throw new Error(proposal.exhausted);
    return proposal.params;
  };

  test('take a parameter that one parent lacks from the other, and draw one that both lack', async () => {
    const space = makeSpace([
      { name: 'kind', distribution: categorical(['a', 'b', 'c']) },
      { name: 'of_a', distribution: float(0, 1), when: { kind: 'a' } },
      { name: 'of_b', distribution: int(1, 5), when: { kind: 'b' } },
      { name: 'of_c', distribution: int(1, 5), when: { kind: 'c' } },
    ]);
    const all: Params[] = [
      { kind: 'a', of_a: 0.25 },
      { kind: 'b', of_b: 3 },
    ];
    const kinds = new Set<unknown>();
    for (let seed = 0; seed < 60; seed++) {
      const params = await child(space, all, { mutation: 1 }, seed);
      kinds.add(params.kind);
      expect(Object.keys(params)).toEqual(['kind', `of_${String(params.kind)}`]);
    }
    expect(kinds).toEqual(new Set(['a', 'b', 'c']));
  });

  test('step to the neighbor where rounding would undo a mutation, at the bounds too', async () => {
    const space = makeSpace([
      { name: 'few', distribution: int(1, 3) },
      { name: 'octaves', distribution: int(1, 4, { log: true }) },
      { name: 'rank', distribution: categorical([1, 10, 100]) },
    ]);
    const seen = { few: new Set(), octaves: new Set(), rank: new Set() };
    for (const all of [
      [
        { few: 1, octaves: 1, rank: 1 },
        { few: 1, octaves: 1, rank: 1 },
      ],
      [
        { few: 3, octaves: 4, rank: 100 },
        { few: 3, octaves: 4, rank: 100 },
      ],
    ]) {
      for (let seed = 0; seed < 40; seed++) {
        const params = await child(space, all, { mutation: 3 }, seed);
        seen.few.add(params.few);
        seen.octaves.add(params.octaves);
        seen.rank.add(params.rank);
        for (const [name, value] of Object.entries(params)) expect(value).not.toBe(all[0]?.[name as 'few']);
      }
    }
    expect([...seen.few]).toContain(2);
    expect([...seen.octaves]).toEqual(expect.arrayContaining([2, 3]));
    expect([...seen.rank]).toContain(10);
  });

  test('are new as long as a small space has anything new', () => {
    const space = makeSpace([
      { name: 'a', distribution: categorical(['x', 'y', 'z']) },
      { name: 'b', distribution: int(1, 8) },
    ]);
    const found = search(
      nsga2,
      space,
      ['minimize', 'maximize'],
      ({ a, b }) => ({ values: [Number(b), a === 'x' ? Number(b) : 0] }),
      24,
      1,
    );
    expect(new Set(found.map(({ key }) => key)).size).toBe(24);
  });
});

test('draws at random until a population has results: running and failed configurations do not count', async () => {
  const space = numbers(2);
  const rng = () => makeRng(1, 'ask');
  const state = (k: number) => (k % 2 === 0 ? 'running' : 'fail');
  const past = Array.from({ length: 40 }, (_, k) => config(k, { x0: k / 40, x1: 0.5 }, { state: state(k) }));
  const done = Array.from({ length: 11 }, (_, k) =>
    config(40 + k, { x0: 0.1, x1: k / 40 }, { values: [k, -k] }),
  );
  const view = viewOf([...past, ...done], ['minimize', 'minimize']);
  expect(nsga2.sample(space, view, { index: 51, rng: rng() })).toEqual(
    random.sample(space, view, { index: 51, rng: rng() }),
  );
});
