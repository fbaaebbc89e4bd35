import { expect, test } from 'vitest';
import { categorical, float, int, type Params } from '../../../src/core/distribution.js';
import { makeRng } from '../../../src/core/rng.js';
import { makeSpace, type Space } from '../../../src/core/space.js';
import type { ConfigState, ConfigView } from '../../../src/core/study-view.js';
import type { Sampler } from '../../../src/samplers/sampler.js';
import { config, loadSampler, viewOf } from '../support.js';

const qmc = await loadSampler('qmc');

function propose(
  space: Space,
  configs: readonly ConfigView[],
  index: number,
  sampler: Sampler = qmc,
): Params {
  const proposal = sampler.sample(space, viewOf(configs), { index, rng: makeRng(1, 'ask', index) });
  if ('exhausted' in proposal) throw new Error(proposal.exhausted);
  return proposal.params;
}

function run(space: Space, count: number, state: ConfigState = 'complete'): Params[] {
  const configs: ConfigView[] = [];
  for (let index = 0; index < count; index++)
    configs.push(config(index, propose(space, configs, index), { state, value: 0 }));
  return configs.map(({ params }) => params);
}

test('takes each of 16 lattice points once in 16 proposals, whatever became of them', () => {
  const space = makeSpace([
    { name: 'a', distribution: int(0, 3) },
    { name: 'b', distribution: categorical(['p', 'q', 'r', 's']) },
  ]);
  for (const state of ['complete', 'fail', 'running'] as const) {
    const found = run(space, 16, state).map((params) => JSON.stringify(params));
    expect(new Set(found).size).toBe(16);
  }
});

test('fills ranges evenly, in the logarithm for log ranges, and conditional ones where they are active', () => {
  const space = makeSpace([
    { name: 'lr', distribution: float(1e-4, 1, { log: true }) },
    { name: 'opt', distribution: categorical(['sgd', 'adam']) },
    { name: 'momentum', distribution: float(0, 1), when: { opt: 'sgd' } },
  ]);
  const found = run(space, 64);
  const decades = found.map(({ lr }) => Math.floor(-Math.log10(lr as number)));
  expect([0, 1, 2, 3].map((k) => decades.filter((d) => d === k).length)).toEqual([16, 16, 16, 16]);
  const sgd = found.filter(({ opt }) => opt === 'sgd');
  expect(sgd.length).toBe(32);
  expect(sgd.every(({ momentum }) => typeof momentum === 'number')).toBe(true);
  expect(found.filter(({ opt }) => opt === 'adam').some((params) => 'momentum' in params)).toBe(false);
  expect(sgd.filter(({ momentum }) => Number(momentum) < 0.5).length).toBeGreaterThan(12);
});

test('the point of an index does not depend on results, and steps over what is held', () => {
  const space = makeSpace([{ name: 'x', distribution: float(0, 1) }]);
  const third = propose(space, [], 3);
  expect(propose(space, [config(0, { x: 0.1 }, { value: 5 })], 3)).toEqual(third);
  const after = propose(space, [config(0, third, { value: 5 })], 3);
  expect(after).toEqual(propose(space, [], 4));
});

test('steps over what a constraint forbids', () => {
  const space = makeSpace(
    [
      { name: 'a', distribution: int(0, 7) },
      { name: 'b', distribution: int(0, 7) },
    ],
    [{ kind: 'forbid', forbid: { a: { ge: 4 } } }],
  );
  expect(run(space, 20).every(({ a }) => Number(a) < 4)).toBe(true);
});

test('without scrambling every seed gives the same points', async () => {
  const space = makeSpace([{ name: 'x', distribution: float(0, 1) }]);
  const at = { index: 5, rng: makeRng(1) };
  for (const [scramble, equal] of [
    [0, true],
    [1, false],
  ] as const) {
    const sampler = await loadSampler('qmc', { scramble });
    const [one, two] = [1, 2].map((seed) => sampler.sample(space, { ...viewOf([]), seed }, at));
    expect(JSON.stringify(one) === JSON.stringify(two)).toBe(equal);
  }
});
