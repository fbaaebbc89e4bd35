import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categorical, contains, float, int, type ParamValue } from '../../src/core/distribution.js';
import { gridValues, planGrid, refuseGrid } from '../../src/core/grid-plan.js';
import {
  makeSpace,
  type ParamSpec,
  paramsKey,
  type Resolved,
  resolve,
  type Space,
} from '../../src/core/space.js';
import { distributions, smallDistributions, spaces } from './arbitraries.js';

const list = (name: string, ...choices: ParamValue[]): ParamSpec => ({
  name,
  distribution: categorical(choices),
});

/** Every assignment of every parameter, active or not, resolved: what there is, found without the plan. */
function bruteForce(space: Space): Map<string, Resolved> {
  const found = new Map<string, Resolved>();
  const walk = (at: number, chosen: Readonly<Record<string, ParamValue>>): void => {
    const spec = space.params[at];
    if (!spec) {
      const point = resolve(space, ({ name }) => chosen[name] as ParamValue);
      found.set(paramsKey(point.given), point);
      return;
    }
    for (const value of gridValues(spec) ?? []) walk(at + 1, { ...chosen, [spec.name]: value });
  };
  walk(0, {});
  return found;
}

describe('the plan of a grid', () => {
  test('counts 72 combinations, 24 made equal by constraints, 6 forbidden, 42 to run', () => {
    const space = makeSpace(
      [
        list('learner.opt', 'adam', 'sgd'),
        list('learner.step_size', 0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
        list('learner.momentum', 0, 0.5, 0.9),
        list('batch_size', 32, 64),
      ],
      [
        { kind: 'set', when: { 'learner.opt': 'adam' }, set: { 'learner.momentum': 0 } },
        { kind: 'forbid', forbid: { 'learner.opt': 'sgd', 'learner.step_size': { gt: 0.1 } } },
      ],
    );
    const { combinations, equal, forbidden, points } = planGrid(space);
    expect({ combinations, equal, forbidden, toRun: points.length }).toEqual({
      combinations: 72,
      equal: 24,
      forbidden: 6,
      toRun: 42,
    });
    expect(points[1]?.given).toEqual({
      'learner.opt': 'adam',
      'learner.step_size': 0.001,
      'learner.momentum': 0,
      batch_size: 64,
    });
  });

  test('expands a parameter only where it is active', () => {
    const space = makeSpace([
      list('opt', 'adam', 'sgd'),
      { ...list('momentum', 0, 0.5, 0.9), when: { opt: 'sgd' } },
    ]);
    expect(planGrid(space)).toMatchObject({ combinations: 4, equal: 0, forbidden: 0 });
  });

  test('has no point when everything is forbidden', () => {
    const space = makeSpace([list('a', 1, 2)], [{ kind: 'forbid', forbid: { a: { ge: 1 } } }]);
    expect(planGrid(space)).toMatchObject({ combinations: 2, forbidden: 2, points: [] });
  });

  test('is made once for a space', () => {
    const space = makeSpace([list('a', 1, 2)]);
    expect(planGrid(space)).toBe(planGrid(space));
  });

  test('holds every allowed assignment once and nothing forbidden, and its counts add up', () => {
    fc.assert(
      fc.property(spaces(smallDistributions, 4), (space) => {
        const plan = planGrid(space);
        const all = bruteForce(space);
        const allowed = [...all].filter(([, point]) => !point.forbidden).map(([key]) => key);
        const keys = plan.points.map((point) => paramsKey(point.given));
        expect(new Set(keys).size).toBe(keys.length);
        expect([...keys].sort()).toEqual([...allowed].sort());
        expect(plan.forbidden).toBe(all.size - allowed.length);
        expect(plan.combinations).toBe(plan.equal + plan.forbidden + plan.points.length);
      }),
    );
  });
});

describe('the values of a parameter', () => {
  const values = (distribution: ParamSpec['distribution'], steps?: number) =>
    gridValues({ name: 'x', distribution, ...(steps === undefined ? {} : { steps }) });

  test('are all of a finite range, or as many as steps says', () => {
    expect(values(int(1, 4))).toEqual([1, 2, 3, 4]);
    expect(values(float(0, 0.3, { step: 0.1 }))).toEqual([0, 0.1, 0.2, 0.3]);
    expect(values(int(0, 100), 5)).toEqual([0, 25, 50, 75, 100]);
    expect(values(float(0, 1), 5)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(values(categorical(['b', 'a']), 1)).toEqual(['b', 'a']);
  });

  test('lie evenly in the logarithm of a log range, as plain decimals', () => {
    expect(values(float(1e-4, 1e-1, { log: true }), 4)).toEqual([0.0001, 0.001, 0.01, 0.1]);
    expect(values(int(1, 1000, { log: true }), 4)).toEqual([1, 10, 100, 1000]);
  });

  test('are fewer than steps where the range has no more', () => {
    expect(values(int(1, 3), 10)).toEqual([1, 2, 3]);
    expect(values(float(2, 2), 10)).toEqual([2]);
    expect(values(float(0, 1), 1)).toEqual([0]);
  });

  test('are distinct, ascending, inside and end at the bounds', () => {
    fc.assert(
      fc.property(distributions, fc.integer({ min: 2, max: 30 }), (d, steps) => {
        fc.pre(d.kind !== 'categorical');
        const got = values(d, steps) as number[];
        expect(got.every((x, k) => contains(d, x) && (k === 0 || x > (got[k - 1] as number)))).toBe(true);
        expect([got[0], got.at(-1)]).toEqual([d.low, d.high]);
        expect(got.length).toBeLessThanOrEqual(steps);
      }),
    );
  });
});

describe('a grid that cannot be', () => {
  test('over a continuous range: it names the parameter and the ways out', () => {
    const space = makeSpace([list('a', 1), { name: 'lr', distribution: float(0.1, 1) }]);
    expect(refuseGrid(space)).toMatchObject({
      code: 'grid.not-finite',
      usage: true,
      message: 'grid needs finite values, but lr is a continuous range',
      fix: expect.stringContaining('steps: N') as string,
    });
    expect(() => planGrid(space)).toThrow('lr is a continuous range');
    expect(refuseGrid(makeSpace([{ name: 'lr', distribution: float(0.1, 1), steps: 3 }]))).toBeNull();
  });

  test('with over a million values or combinations', () => {
    const wide = makeSpace([{ name: 'n', distribution: int(0, 1_000_000) }]);
    expect(refuseGrid(wide)).toMatchObject({ code: 'grid.too-large' });
    const many = makeSpace(Array.from({ length: 7 }, (_, k) => ({ name: `p${k}`, distribution: int(0, 9) })));
    expect(() => planGrid(many)).toThrow('the grid has over 1,000,000 combinations');
  });
});
