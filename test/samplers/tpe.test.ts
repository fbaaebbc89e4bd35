import { describe, expect, test } from 'vitest';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, type Space } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { config, loadSampler, viewOf } from './support.js';

const tpe = await loadSampler('tpe');
const random = await loadSampler('random');

function propose(sampler: Sampler, space: Space, configs: readonly ConfigView[], seed: number): Params {
  const index = configs.length;
  const proposal = sampler.sample(space, viewOf(configs), { index, rng: makeRng(seed, 'ask', index) });
  if (!('params' in proposal)) throw new Error('exhausted');
  return proposal.params;
}

/** A whole sweep with one slot. */
function sweep(
  sampler: Sampler,
  space: Space,
  objective: (params: Params) => number,
  trials: number,
  seed: number,
): ConfigView[] {
  const configs: ConfigView[] = [];
  for (let k = 0; k < trials; k++) {
    const params = propose(sampler, space, configs, seed);
    configs.push(config(k, params, { value: objective(params) }));
  }
  return configs;
}

const best = (configs: readonly ConfigView[]) =>
  Math.min(...configs.map(({ values }) => values?.[0] as number));
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
const medianBest = (sampler: Sampler, space: Space, objective: (params: Params) => number) =>
  median(Array.from({ length: 10 }, (_, seed) => best(sweep(sampler, space, objective, 60, seed))));

const plane = makeSpace([
  { name: 'x', distribution: float(-5, 5) },
  { name: 'y', distribution: float(-5, 5) },
]);
const sphere = ({ x, y }: Params) => (Number(x) - 1) ** 2 + (Number(y) + 2) ** 2;

describe('tpe', () => {
  test('beats random search on a sphere', () => {
    expect(medianBest(tpe, plane, sphere)).toBeLessThan(medianBest(random, plane, sphere) / 2);
  });

  test('beats random search on log ranges, integers, choices and conditions together', () => {
    const space = makeSpace([
      { name: 'lr', distribution: float(1e-6, 1, { log: true }) },
      { name: 'units', distribution: int(1, 200) },
      { name: 'opt', distribution: categorical(['adam', 'sgd', 'rmsprop']) },
      { name: 'momentum', distribution: float(0, 1), when: { opt: 'sgd' } },
      { name: 'batch', distribution: categorical([16, 32, 64, 128, 256]) },
    ]);
    const objective = ({ lr, units, opt, momentum, batch }: Params) =>
      Math.abs(Math.log10(Number(lr)) + 2) +
      Math.abs(Number(units) - 150) / 50 +
      (opt === 'sgd' ? 2 * Math.abs(Number(momentum) - 0.9) : 1) +
      Math.abs(Math.log2(Number(batch)) - 5) / 2;
    expect(medianBest(tpe, space, objective)).toBeLessThan(medianBest(random, space, objective));
  });

  test('maximizes what is to be maximized', () => {
    const configs = sweep(random, plane, sphere, 40, 3);
    const at = { index: 40, rng: makeRng(3, 'ask', 40) };
    const proposal = tpe.sample(plane, viewOf(configs, ['maximize']), at);
    const params = 'params' in proposal ? proposal.params : {};
    // The far corner is (-5, 5).
    expect(sphere(params)).toBeGreaterThan(median(configs.map(({ values }) => values?.[0] as number)));
  });

  test('draws at random until startup_trials configurations have a result; failures and running ones do not count', async () => {
    const patient = await loadSampler('tpe', { startup_trials: 20 });
    const done = sweep(random, plane, sphere, 19, 1);
    const idle = (['fail', 'running'] as const).map((state, k) => config(19 + k, { x: 0, y: 0 }, { state }));
    const early = [...done, ...idle];
    expect(propose(patient, plane, early, 1)).toEqual(propose(random, plane, early, 1));
    const enough = [...early, config(21, { x: 1, y: 1 }, { state: 'pruned' })];
    expect(propose(patient, plane, enough, 1)).not.toEqual(propose(random, plane, enough, 1));
  });

  test('keeps parallel proposals apart: running configurations count as bad', () => {
    const done = sweep(random, plane, sphere, 40, 7);
    const [goal] = [...done].sort((a, b) => best([a]) - best([b])) as [ConfigView];
    const running = Array.from({ length: 8 }, (_, k) =>
      config(
        40 + k,
        { x: Number(goal.params.x) + 0.01 * k, y: Number(goal.params.y) - 0.01 * k },
        { state: 'running' },
      ),
    );
    const distances = (configs: readonly ConfigView[]) =>
      Array.from({ length: 40 }, (_, seed) => {
        const { x, y } = propose(tpe, plane, configs, seed) as { x: number; y: number };
        return Math.hypot(x - Number(goal.params.x), y - Number(goal.params.y));
      });
    expect(median(distances([...done, ...running]))).toBeGreaterThan(median(distances(done)));
  });

  test('models a conditional parameter from the configurations that have it', () => {
    const space = makeSpace([
      { name: 'opt', distribution: categorical(['adam', 'sgd']) },
      { name: 'momentum', distribution: float(0, 1), when: { opt: 'sgd' } },
      { name: 'beta', distribution: float(0, 1), when: { opt: 'adam' } },
    ]);
    const objective = ({ opt, momentum }: Params) => (opt === 'sgd' ? Math.abs(Number(momentum) - 0.9) : 1);
    const configs = sweep(random, space, objective, 80, 2);
    const proposals = Array.from({ length: 40 }, (_, seed) => propose(tpe, space, configs, seed));
    const sgd = proposals.filter(({ opt }) => opt === 'sgd');
    expect(sgd.length).toBeGreaterThan(30);
    expect(sgd.filter(({ momentum }) => Math.abs(Number(momentum) - 0.9) < 0.15).length).toBeGreaterThan(
      0.75 * sgd.length,
    );
  });

  test('uses the order of numeric choices: neighbors of a good one are good', () => {
    const sizes = Array.from({ length: 21 }, (_, k) => k);
    const scrambled = sizes.map((k) => (k * 8) % 21);
    const space = makeSpace([{ name: 'size', distribution: categorical(scrambled) }]);
    // Size 10 itself was never tried.
    const configs = sizes
      .filter((size) => size !== 10)
      .map((size, k) => config(k, { size }, { value: Math.abs(size - 10) }));
    const hits = Array.from({ length: 50 }, (_, seed) => Number(propose(tpe, space, configs, seed).size));
    expect(hits.filter((size) => Math.abs(size - 10) <= 3).length).toBeGreaterThan(35);
    expect(hits).toContain(10);
  });

  test('leaves out what others stored outside the space', () => {
    const done = sweep(random, plane, sphere, 30, 4);
    const foreign = [
      config(-1, { x: 99, y: 0 }, { value: -1 }),
      config(-1, { x: 'a', y: 0 }, { value: -2 }),
      config(-1, { z: 1 }, { value: -3 }),
    ];
    const { x, y } = propose(tpe, plane, [...done, ...foreign], 1) as { x: number; y: number };
    expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(5);
  });
});
