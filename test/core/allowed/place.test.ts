import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listAllowed } from '../../../src/core/allowed/list.js';
import {
  drawAllowed,
  findInfeasible,
  isRestricted,
  pointAt,
  settle,
  witness,
} from '../../../src/core/allowed/place.js';
import { categorical, contains, float, int, type Params } from '../../../src/core/distribution.js';
import { drawUniform } from '../../../src/core/draw.js';
import { planGrid } from '../../../src/core/grid-plan.js';
import { makeRng } from '../../../src/core/rng.js';
import { makeSpace, paramsKey, type Resolved, resolve, type Space } from '../../../src/core/space.js';
import { propertyRuns } from '../../support/fast-check.js';
import { smallDistributions } from '../arbitraries.js';
import { constrainedSpaces } from './arbitraries.js';

/** Of the values that a point has, each is active and inside its distribution, and all rules allow it. */
function expectAllowed(space: Space, point: Resolved): void {
  const again = resolve(space, ({ name, distribution }) => {
    const value = point.params[name];
    if (value === undefined || !contains(distribution, value))
      throw new Error(`${name}: ${String(value)} is outside ${JSON.stringify(distribution)}`);
    return value;
  });
  expect(again).toEqual(point);
  expect(again.forbidden).toBe(false);
}

const anyWish = (space: Space, seed: number) => {
  const rng = makeRng(seed, 'wish');
  const values = new Map(
    space.params.map(({ name, distribution }) => [name, drawUniform(distribution, rng)]),
  );
  return ({ name }: { name: string }) => values.get(name) as Params[string];
};

describe('in any space that allows something', () => {
  test('drawn, settled and placed points keep every rule', () => {
    let some = 0;
    fc.assert(
      fc.property(constrainedSpaces(), fc.nat(), (space, seed) => {
        if (findInfeasible(space)) return;
        some++;
        expectAllowed(space, drawAllowed(space, makeRng(seed, 'draw')));
        expectAllowed(space, settle(space, anyWish(space, seed)));
        const at = makeRng(seed, 'at');
        const places = new Map(space.params.map(({ name }) => [name, at.float()]));
        expectAllowed(
          space,
          pointAt(space, ({ name }) => places.get(name) as number),
        );
      }),
      { numRuns: 300 },
    );
    expect(some).toBeGreaterThan(propertyRuns(300) / 5);
  });

  test('an allowed point settles on itself, and any other always on the same', () => {
    fc.assert(
      fc.property(constrainedSpaces(), fc.nat(), (space, seed) => {
        if (findInfeasible(space)) return;
        const wish = anyWish(space, seed);
        const settled = settle(space, wish);
        expect(settle(structuredClone(space), wish)).toEqual(settled);
        const allowed = resolve(space, wish);
        if (!allowed.forbidden) expect(settled).toEqual(allowed);
        expect(settle(space, ({ name }) => settled.params[name] ?? wish({ name }))).toEqual(settled);
      }),
      { numRuns: 200 },
    );
  });

  test('a comparison is exact, however near a choice lies to a value of a range', () => {
    const near = [-5e-324, 5e-324, 1 - 1e-16, 1 + 3e-16, 0];
    const range = fc.constantFrom(int(0, 2), float(0, 2, { step: 0.5 }), float(-1, 1, { step: 0.1 }));
    const kind = fc.constantFrom('lt', 'le', 'gt', 'ge');
    fc.assert(
      fc.property(range, kind, fc.subarray(near, { minLength: 1 }), (distribution, test, choices) => {
        const space = makeSpace(
          [
            { name: 'x', distribution },
            { name: 'c', distribution: categorical(choices) },
          ],
          [{ kind: 'forbid', forbid: { x: { [test]: { param: 'c' } } } }],
        );
        const keys = (points: readonly Resolved[]) => points.map(({ given }) => paramsKey(given)).sort();
        expect(keys(listAllowed(space, 2000) ?? [])).toEqual(keys(planGrid(space).points));
        expect(findInfeasible(space) === null).toBe(planGrid(space).points.length > 0);
      }),
    );
  });

  test('a list has every allowed point of a finite space once, and none where they are many', () => {
    fc.assert(
      fc.property(constrainedSpaces(smallDistributions, 4), (space) => {
        if (!isRestricted(space)) return;
        const keys = (points: readonly Resolved[]) => points.map(({ given }) => paramsKey(given)).sort();
        expect(keys(listAllowed(space, 2000) ?? [])).toEqual(keys(planGrid(space).points));
      }),
      { numRuns: 100 },
    );
    const names = Array.from({ length: 8 }, (_, k) => `x${k}`);
    const wide = (max: number) =>
      makeSpace(
        names.map((name) => ({ name, distribution: int(0, 99) })),
        [{ kind: 'sum', params: names, min: null, max }],
      );
    expect(listAllowed(wide(2), 2000)).toHaveLength(1 + 8 + 8 + 28);
    expect(listAllowed(wide(20), 2000)).toBeNull();
  });

  test('a space has a point exactly when a list of all its points has one', () => {
    fc.assert(
      fc.property(constrainedSpaces(smallDistributions, 4), (space) => {
        const found = findInfeasible(space);
        const { points } = planGrid(space);
        expect(found === null).toBe(points.length > 0);
        if (!found)
          expect(points.map(({ given }) => paramsKey(given))).toContain(paramsKey(witness(space)!.given));
      }),
      { numRuns: 300 },
    );
  });
});
