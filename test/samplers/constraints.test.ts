import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findInfeasible } from '../../src/core/allowed/place.js';
import type { Constraint } from '../../src/core/constraint.js';
import { contains, float, int } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey, type Resolved, resolve, type Space } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { constrainedSpaces } from '../core/allowed/arbitraries.js';
import { distributions, smallDistributions } from '../core/arbitraries.js';
import { propertyRuns } from '../support/fast-check.js';
import { config, freeze, history, loadSampler, pasts, viewOf } from './support.js';

/** Returns the proposed point, or null when the sampler has none left. */
function propose(sampler: Sampler, space: Space, view: StudyView, seed: number): Resolved | null {
  const index = view.configs.length;
  const proposal = sampler.sample(space, view, { index, rng: makeRng(seed, 'ask', index) });
  if ('exhausted' in proposal) return null;
  return resolve(space, ({ name, distribution }) => {
    const value = proposal.params[name];
    if (value === undefined || !contains(distribution, value))
      throw new Error(`${name}: ${String(value)} is outside ${JSON.stringify(distribution)}`);
    return value;
  });
}

const loaded = await Promise.all(
  samplers.map(async ({ name, endless }) => ({
    name,
    endless,
    sampler: await loadSampler(name),
    fresh: await loadSampler(name),
  })),
);

const NAMES = ['a', 'b', 'c'];
const cube = NAMES.map((name) => ({ name, distribution: float(0, 1) }));
/** Spaces of which a millionth or less is allowed. */
const THIN: readonly (readonly [string, Space])[] = [
  ['a corner', makeSpace(cube, [{ kind: 'sum', params: NAMES, min: 2.98, max: null }])],
  ['a plane', makeSpace(cube, [{ kind: 'sum', params: NAMES, min: 1, max: 1.000001 }])],
  [
    'an order of ten',
    makeSpace(
      Array.from({ length: 10 }, (_, k) => ({ name: `x${k}`, distribution: float(0, 1) })),
      Array.from({ length: 9 }, (_, k): Constraint => {
        return { kind: 'forbid', forbid: { [`x${k + 1}`]: { le: { param: `x${k}` } } } };
      }),
    ),
  ],
  [
    'a product of whole numbers',
    makeSpace(
      NAMES.map((name) => ({ name, distribution: int(1, 1000, { log: name === 'c' }) })),
      [{ kind: 'product', params: NAMES, min: 1_000_000, max: 1_000_200 }],
    ),
  ],
];

describe.each(loaded)('the sampler $name', ({ endless, sampler, fresh }) => {
  const spaces = endless ? constrainedSpaces(distributions, 5) : constrainedSpaces(smallDistributions, 4);

  test('keeps every constraint between parameters, whatever was tried, and always proposes the same', () => {
    let some = 0;
    fc.assert(
      fc.property(spaces, pasts, fc.nat({ max: 100 }), (space, past, seed) => {
        if (findInfeasible(space)) return;
        some++;
        const view = history(freeze(space), past, seed);
        const point = propose(sampler, space, view, seed);
        expect(point?.forbidden ?? false).toBe(false);
        expect(propose(fresh, structuredClone(space), history(space, past, seed), seed)).toEqual(point);
      }),
      { numRuns: 60 },
    );
    expect(some).toBeGreaterThan(propertyRuns(60) / 5);
  });

  test.runIf(endless).each(THIN)('finds new points where only %s is allowed', (_, space) => {
    const configs: ConfigView[] = [];
    for (let index = 0; index < 30; index++) {
      const point = propose(sampler, space, viewOf(configs), 3);
      expect(point).toMatchObject({ forbidden: false });
      const { params } = point as Resolved;
      const value = Object.values(params).reduce<number>((sum, x, k) => sum + (Number(x) - k / 5) ** 2, 0);
      configs.push(config(index, params, { value }));
    }
    // A study asks again for what is tried.
    expect(new Set(configs.map(({ params }) => paramsKey(params))).size).toBeGreaterThan(24);
  });
});
