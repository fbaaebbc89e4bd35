import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categorical, type Params } from '../../src/core/distribution.js';
import { planGrid } from '../../src/core/grid-plan.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey, type Space } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import { smallDistributions, spaces } from '../core/arbitraries.js';
import { config, loadSampler, viewOf } from './support.js';

const grid = await loadSampler('grid');
const letters = makeSpace([
  { name: 'a', distribution: categorical([0, 1]) },
  { name: 'b', distribution: categorical(['x', 'y', 'z']) },
]);

function at(index: number, configs: readonly ConfigView[] = [], space: Space = letters): Params | string {
  const proposal = grid.sample(space, viewOf(configs), { index, rng: makeRng(1) });
  return 'params' in proposal ? proposal.params : proposal.exhausted;
}

describe('grid', () => {
  test('takes point i for index i, the last parameter fastest', () => {
    expect([0, 1, 2, 3, 4, 5].map((index) => at(index))).toEqual([
      { a: 0, b: 'x' },
      { a: 0, b: 'y' },
      { a: 0, b: 'z' },
      { a: 1, b: 'x' },
      { a: 1, b: 'y' },
      { a: 1, b: 'z' },
    ]);
  });

  test('steps over points that are held, whoever asked for them, and begins again at the end', () => {
    const held = (b: string) => config(-1, { a: 0, b }, { value: 1 });
    expect(at(0, [held('x')])).toEqual({ a: 0, b: 'y' });
    expect(at(0, [held('x'), held('y')])).toEqual({ a: 0, b: 'z' });
    const last = config(0, { a: 1, b: 'z' }, { value: 1 });
    expect(at(5, [last])).toEqual({ a: 0, b: 'x' });
    expect(at(7, [])).toEqual({ a: 0, b: 'y' });
  });

  test('counts a failed, a pruned and a running point as tried', () => {
    for (const state of ['fail', 'pruned', 'running'] as const)
      expect(at(0, [config(0, { a: 0, b: 'x' }, { state })])).toEqual({ a: 0, b: 'y' });
  });

  test('knows a held point by all that is given, forced values too', () => {
    const space = makeSpace(
      [{ name: 'opt', distribution: categorical(['adam', 'sgd']) }],
      [{ kind: 'set', when: { opt: 'adam' }, set: { momentum: 0 } }],
    );
    const given = { opt: 'adam', momentum: 0 };
    expect(at(0, [config(0, { opt: 'adam' }, { given })], space)).toEqual({ opt: 'sgd' });
    // The same parameters under another rule are another run.
    expect(at(0, [config(0, { opt: 'adam' }, { given: { ...given, momentum: 1 } })], space)).toEqual({
      opt: 'adam',
    });
  });

  test('is exhausted at once when everything is forbidden', () => {
    const space = makeSpace(letters.params, [{ kind: 'forbid', forbid: { a: [0, 1] } }]);
    expect(at(0, [], space)).toBe('all 0 grid points have been tried');
  });

  test('runs every point once, in any order of indices, and is exhausted exactly then', () => {
    fc.assert(
      fc.property(spaces(smallDistributions, 3), fc.array(fc.nat({ max: 1000 })), (space, indices) => {
        const { points } = planGrid(space);
        const held: ConfigView[] = [];
        for (let k = 0; k < points.length; k++) {
          const proposal = grid.sample(space, viewOf(held), { index: indices[k] ?? k, rng: makeRng(k) });
          if (!('params' in proposal)) throw new Error(`exhausted after ${k} of ${points.length}`);
          const point = points.find((each) => each.params === proposal.params);
          held.push(config(k, proposal.params, { state: 'fail', given: point?.given ?? {} }));
        }
        expect(new Set(held.map(({ key }) => key))).toEqual(
          new Set(points.map(({ given }) => paramsKey(given))),
        );
        expect(at(indices[0] ?? 0, held, space)).toBe(`all ${points.length} grid points have been tried`);
      }),
      { numRuns: 50 },
    );
  });
});
