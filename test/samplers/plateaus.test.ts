import { describe, expect, test } from 'vitest';
import { float, type Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import { config, loadSampler, viewOf } from './support.js';

const TRIALS = 60;
const space = makeSpace(['x', 'y', 'z'].map((name) => ({ name, distribution: float(0, 1) })));
const pointOf = (params: Params) => ['x', 'y', 'z'].map((name) => Number(params[name]));

/** A table of so many cells: everywhere the value of the nearest of some points. */
function makeCells(seed: number, count: number) {
  const rng = makeRng(seed, 'cells');
  const cells = Array.from({ length: count }, () => ({
    at: [rng.float(), rng.float(), rng.float()],
    value: rng.float(),
  }));
  const distance = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, v, k) => sum + (v - (b[k] as number)) ** 2, 0);
  return (params: Params) => {
    const point = pointOf(params);
    return cells.reduce((a, b) => (distance(b.at, point) < distance(a.at, point) ? b : a)).value;
  };
}

/** The values of a search, in order. */
async function search(name: string, objective: (params: Params) => number, seed: number): Promise<number[]> {
  const sampler = await loadSampler(name);
  const configs: ConfigView[] = [];
  const values: number[] = [];
  for (let index = 0; index < TRIALS; index++) {
    const at = { index, rng: makeRng(seed, 'ask', index) };
    const made = sampler.sample(space, { ...viewOf(configs), seed }, at);
    if ('exhausted' in made) throw new Error(made.exhausted);
    const value = objective(made.params);
    values.push(value);
    configs.push({ ...config(index, made.params, { value }), attrs: made.attrs ?? {} });
  }
  return values;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe.each(['gp', 'tpe'])('%s', (name) => {
  test('does not spend a search on the first cell of a table that looks good', async () => {
    const seeds = [4, 5, 6, 7];
    const shares = await Promise.all(
      seeds.map(async (seed) => {
        const values = await search(name, makeCells(seed, 60), seed);
        const best = Math.min(...values);
        return values.filter((value) => value === best).length / TRIALS;
      }),
    );
    expect(mean(shares)).toBeLessThan(0.36);
  });

  test('finds the middle of a rounded bowl, whose rim is a plateau', async () => {
    const bowl = (params: Params) => {
      const [x, y, z] = pointOf(params) as [number, number, number];
      return Math.round(50 * ((x - 0.3) ** 2 + (y - 0.7) ** 2 + 2 * (z - 0.6) ** 2));
    };
    expect(Math.min(...(await search(name, bowl, 1)))).toBe(0);
  });
});
