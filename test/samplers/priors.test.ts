import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains, type Distribution, float, int } from '../../src/core/distribution.js';
import { encodingOf } from '../../src/core/encoding/encoding.js';
import { type Confidence, isProblem, makePrior } from '../../src/core/prior.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, resolve, type Space } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import { favoring } from '../../src/samplers/gp/likely.js';
import { samplers } from '../../src/samplers/registry.js';
import { distributions, spaces } from '../core/arbitraries.js';
import { config, history, loadSampler, pasts, viewOf } from './support.js';

function prior(distribution: Distribution, at: unknown, confidence: Confidence = 'high') {
  const made = makePrior(distribution, at, confidence);
  if (isProblem(made)) throw new Error(made.message);
  return made;
}

const rate = float(1e-5, 0.1, { log: true });
const width = int(1, 256, { log: true });

function learning(at: { rate: number; width: number } | null): Space {
  return makeSpace([
    { name: 'rate', distribution: rate, ...(at && { prior: prior(rate, at.rate) }) },
    { name: 'width', distribution: width, ...(at && { prior: prior(width, at.width) }) },
    { name: 'noise', distribution: float(0, 1) },
  ]);
}

const loss = ({ rate: r, width: w, noise }: { rate: number; width: number; noise: number }) =>
  Math.log10(r / 3e-4) ** 2 + Math.log2(w / 64) ** 2 / 4 + (noise - 0.4) ** 2;

/** The best loss after each configuration. */
async function search(name: string, space: Space, seed: number, count: number): Promise<number[]> {
  const sampler = await loadSampler(name);
  const configs: ConfigView[] = [];
  let best = Number.POSITIVE_INFINITY;
  return Array.from({ length: count }, (_, index) => {
    const view = { ...viewOf(configs), seed };
    const made = sampler.sample(space, view, { index, rng: makeRng(seed, 'search', index) });
    if ('exhausted' in made) throw new Error(made.exhausted);
    const value = loss(made.params as Parameters<typeof loss>[0]);
    configs.push({ ...config(index, made.params, { value }), attrs: made.attrs ?? {} });
    best = Math.min(best, value);
    return best;
  });
}

const GOOD = { rate: 4e-4, width: 50 };
const WRONG = { rate: 0.05, width: 2 };
const LEARNING = ['random', 'tpe', 'gp'];
const SEEDS = [1, 2, 3];
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

describe.each(LEARNING)('%s', (name) => {
  const bestOf = async (at: typeof GOOD | null, count: number) =>
    median(
      await Promise.all(
        SEEDS.map(async (seed) => (await search(name, learning(at), seed, count)).at(-1) as number),
      ),
    );

  test('finds more in the first trials with a good prior', async () => {
    expect(await bestOf(GOOD, 8)).toBeLessThan(0.5 * (await bestOf(null, 8)));
  });

  test('leaves a wrong prior', async () => {
    // The best under the wrong prior is above 1.
    expect(await bestOf(WRONG, 45)).toBeLessThan(name === 'random' ? 0.6 : 0.02);
  });
});

test.each(['tpe', 'gp', 'auto'])('the first configuration of %s is what the prior names', async (name) => {
  const sampler = await loadSampler(name);
  const made = sampler.sample(learning(GOOD), viewOf([]), { index: 0, rng: makeRng(1, 'first') });
  expect(made).toMatchObject({ params: GOOD });
});

test('cmaes begins at the prior', async () => {
  const sampler = await loadSampler('cmaes');
  const made = sampler.sample(learning(GOOD), viewOf([]), { index: 0, rng: makeRng(1, 'first') });
  const start = 'attrs' in made ? (made.attrs as { cmaes: { start: number[] } }).cmaes.start : [];
  expect(start[0]).toBeCloseTo(Math.log(GOOD.rate / 1e-5) / Math.log(1e4), 9);
});

test.each(['grid', 'qmc'])('%s takes the points that it takes without priors', async (name) => {
  const sampler = await loadSampler(name);
  const d = int(1, 9);
  const [plain, expecting] = [{}, { prior: prior(d, 7) }].map((more) =>
    makeSpace([{ name: 'x', distribution: d, ...more }]),
  );
  const at = { index: 3, rng: makeRng(1, 'same') };
  expect(sampler.sample(expecting as Space, viewOf([]), at)).toEqual(
    sampler.sample(plain as Space, viewOf([]), at),
  );
});

/** The space with a prior for each parameter that can have one. */
function expecting(space: Space): Space {
  return makeSpace(
    space.params.map((spec) => {
      const { distribution: d } = spec;
      const at = d.kind === 'categorical' ? d.choices.map((_, k) => k + 1) : d.low;
      return { ...spec, prior: prior(d, at) };
    }),
    space.constraints,
  );
}

describe.each(samplers.filter(({ name }) => name !== 'grid').map(({ name }) => name))(
  '%s with priors',
  (name) => {
    test('is pure, and stays inside any space, whatever happened', async () => {
      const sampler = await loadSampler(name);
      const fresh = await loadSampler(name);
      fc.assert(
        fc.property(spaces(distributions), pasts, fc.nat({ max: 500 }), (plain, past, index) => {
          const space = expecting(plain);
          const view = history(space, past, 5);
          const propose = (by: typeof sampler) =>
            by.sample(space, view, { index, rng: makeRng(index, 'pure') });
          const made = propose(sampler);
          expect(propose(fresh)).toEqual(made);
          if ('exhausted' in made) return;
          const { params } = resolve(space, ({ name: each, distribution }) => {
            const value = made.params[each];
            if (value === undefined || !contains(distribution, value)) throw new Error(`${each}: ${value}`);
            return value;
          });
          expect(params).toEqual(made.params);
        }),
        { numRuns: 40 },
      );
    });
  },
);

test('the slope of the favored acquisition is that of its values', () => {
  const space = makeSpace([
    { name: 'kind', distribution: int(0, 1) },
    { name: 'x', distribution: float(0, 1), prior: prior(float(0, 1), 0.2), when: { kind: 1 } },
    { name: 'y', distribution: float(0, 4), prior: prior(float(0, 4), 3, 'low') },
  ]);
  const encoding = encodingOf(space);
  const flat = {
    value: () => 1,
    differentiate: (_: Float64Array, gradient: Float64Array) => {
      gradient.fill(0);
      return 1;
    },
    splits: true,
  };
  const favored = favoring(flat, { space, encoding, index: 3, ranked: [] });
  const row = encoding.row({ kind: 1, x: 0.3, y: 1 }) as Float64Array;
  const gradient = new Float64Array(encoding.numbers);
  expect(favored.differentiate(row, gradient)).toBe(favored.value(row, Number.NEGATIVE_INFINITY));
  gradient.forEach((slope, c) => {
    const shifted = (by: number) =>
      favored.value(
        row.map((v, k) => (k === c ? v + by : v)),
        Number.NEGATIVE_INFINITY,
      );
    if (c > 0) expect(slope).toBeCloseTo((shifted(1e-6) - shifted(-1e-6)) / 2e-6, 4);
  });
  // Where it is not active its prior does not count.
  const absent = { ...space, params: space.params.filter(({ name }) => name !== 'y') };
  const only = favoring(flat, { space: absent, encoding: encodingOf(absent), index: 3, ranked: [] });
  expect(only.value(encodingOf(absent).row({ kind: 0 }) as Float64Array, Number.NEGATIVE_INFINITY)).toBe(1);
});
