import { describe, expect, test } from 'vitest';
import { float, type Params } from '../../../src/core/distribution.js';
import { makeRng } from '../../../src/core/rng.js';
import { makeSpace } from '../../../src/core/space.js';
import type { ConfigView } from '../../../src/core/study-view.js';
import type { Sampler } from '../../../src/samplers/sampler.js';
import { config, loadSampler, viewOf } from '../support.js';

type Mark = { readonly generation: number; readonly parents?: readonly number[] };
const markOf = ({ attrs }: Pick<ConfigView, 'attrs'>) => attrs.cmaes as unknown as Mark;

const space = makeSpace(['x', 'y', 'z'].map((name) => ({ name, distribution: float(-5, 5) })));
const bowl = ({ x, y, z }: Params) => (Number(x) - 1) ** 2 + 3 * (Number(y) + 2) ** 2 + Number(z) ** 2;

function ask(sampler: Sampler, configs: readonly ConfigView[]): ConfigView {
  const index = configs.length;
  const proposal = sampler.sample(space, viewOf(configs), { index, rng: makeRng(7, 'ask', index) });
  if ('exhausted' in proposal) throw new Error(proposal.exhausted);
  return { ...config(index, proposal.params, { state: 'running' }), attrs: proposal.attrs ?? {} };
}

const finished = ({ index, params, attrs }: ConfigView, value = bowl(params)): ConfigView => ({
  ...config(index, params, { value }),
  attrs,
});

describe('the generations of cmaes', () => {
  test('what is kept from one proposal to the next changes none, whatever happens to the trials', async () => {
    const kept = await loadSampler('cmaes');
    for (let seed = 0; seed < 8; seed++) {
      const rng = makeRng(seed, 'history');
      const configs: ConfigView[] = [];
      for (let k = 0; k < 60; k++) {
        const asked = ask(kept, configs);
        expect(asked).toEqual(ask(await loadSampler('cmaes'), structuredClone(configs)));
        configs.push(asked);
        for (const [at, one] of configs.entries()) {
          const chance = rng.float();
          // Trials end in any order, fail, are tried again, and get repeats that change their mean.
          if (one.state === 'running' && chance < 0.2) configs[at] = finished(one);
          else if (one.state === 'running' && chance < 0.23) configs[at] = { ...one, state: 'fail' };
          else if (one.state === 'fail' && chance < 0.1) configs[at] = { ...one, state: 'running' };
          else if (one.state === 'complete' && chance < 0.01) configs[at] = finished(one, rng.float());
        }
      }
      expect(Math.max(...configs.map((one) => markOf(one).generation))).toBeGreaterThan(2);
    }
  });

  test('the proposal after 600 configurations reads as many of them as the one after 200', async () => {
    const sampler = await loadSampler('cmaes');
    let reads = 0;
    const counted = ({ attrs, ...rest }: ConfigView): ConfigView =>
      Object.defineProperty({ ...rest } as ConfigView, 'attrs', {
        get: () => {
          reads++;
          return attrs;
        },
      });
    const configs: ConfigView[] = [];
    const counts: number[] = [];
    for (let k = 0; k < 600; k++) {
      reads = 0;
      const asked = ask(sampler, configs);
      counts.push(reads);
      configs.push(counted(finished(asked)));
    }
    const most = (from: number) => Math.max(...counts.slice(from, from + 100));
    expect(most(500)).toBeLessThanOrEqual(most(100));
  });

  test('a batch is one generation, however large it is', async () => {
    const sampler = await loadSampler('cmaes');
    let configs: ConfigView[] = [];
    for (let batch = 0; batch < 12; batch++) {
      for (let k = 0; k < 20; k++) configs.push(ask(sampler, configs));
      configs = configs.map((one) => (one.state === 'running' ? finished(one) : one));
    }
    expect(configs.map((one) => markOf(one).generation)).toEqual(configs.map((_, k) => Math.floor(k / 20)));
    expect(markOf(configs[20] as ConfigView).parents?.length).toBe(20);
    const best = Math.min(...configs.map(({ values }) => values?.[0] ?? Infinity));
    expect(best).toBeLessThan(0.05);
  });
});
