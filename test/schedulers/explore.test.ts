import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  categorical,
  contains,
  type Distribution,
  float,
  int,
  type ParamValue,
} from '../../src/core/distribution.js';
import { drawUniform } from '../../src/core/draw.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey } from '../../src/core/space.js';
import { explore, perturb } from '../../src/schedulers/explore.js';

const distributions: Distribution[] = [
  float(0, 1),
  float(-1, 1),
  float(0.8, 0.99),
  float(1e-5, 1e-1, { log: true }),
  float(0, 1, { step: 0.25 }),
  int(1, 3),
  int(1, 1000, { log: true }),
  int(0, 100, { step: 5 }),
  categorical([16, 128, 32, 64]),
  categorical(['adam', 'sgd']),
  categorical([true]),
];

test('a perturbed value is a value of its distribution', () => {
  fc.assert(
    fc.property(fc.constantFrom(...distributions), fc.integer(), (distribution, seed) => {
      const rng = makeRng(seed, 'test');
      const value = drawUniform(distribution, rng);
      expect(contains(distribution, perturb(distribution, value, rng))).toBe(true);
    }),
  );
});

const reached = (distribution: Distribution, from: ParamValue) =>
  new Set(Array.from({ length: 40 }, (_, k) => perturb(distribution, from, makeRng(k, 'test'))));

test('values change by a factor of 0.8 or 1.2, numbers on a lattice and ordered choices at least to the next one', () => {
  const rounded = (values: Iterable<ParamValue>) =>
    [...values].map((value) => Number(Number(value).toPrecision(6))).sort((a, b) => a - b);
  expect(rounded(reached(float(1e-5, 1e-1, { log: true }), 1e-3))).toEqual([8e-4, 1.2e-3]);
  expect(rounded(reached(float(0, 1), 0.5))).toEqual([0.4, 0.6]);
  // No further than a fifth of the range, and away from 0 too.
  expect(rounded(reached(float(0.8, 0.99), 0.9))).toEqual([0.862, 0.938]);
  expect(rounded(reached(float(-1, 1), 0))).toEqual([-0.04, 0.04]);
  expect(rounded(reached(int(1, 8), 2))).toEqual([1, 3]);
  expect(rounded(reached(int(0, 100, { step: 5 }), 5))).toEqual([0, 10]);
  expect(rounded(reached(categorical([16, 128, 32, 64]), 32))).toEqual([16, 64]);
  expect([...reached(categorical([16, 128, 32, 64]), 128)]).toEqual([64]);
  expect([...reached(categorical(['adam', 'sgd']), 'adam')]).toEqual(['adam']);
  const sizes = categorical(['small', 'medium', 'large'], { ordered: true });
  expect([...reached(sizes, 'medium')].sort()).toEqual(['large', 'small']);
  expect([...reached(sizes, 'small')]).toEqual(['medium']);
});

const exploring = { params: { x: 5 }, seed: 1, labels: [3], index: 0 };

test('a point is new, allowed, and the same for the same seed and labels', () => {
  const space = makeSpace([{ name: 'x', distribution: int(0, 9) }], [{ kind: 'forbid', forbid: { x: 4 } }]);
  const tried = new Set<string>([paramsKey({ x: 5 })]);
  const isTried = (key: string) => tried.has(key);
  const found = () => explore({ ...exploring, space, resampleProbability: 0, isTried });
  const [first, again] = [found(), found()];
  expect(first?.params).toEqual({ x: 6 });
  expect(again).toEqual(first);
  // When both neighbors are taken, the whole space is left.
  for (let left = 8; left > 0; left--) {
    const next = found();
    expect(next).not.toBeNull();
    if (next === null) return;
    tried.add(paramsKey(next.given));
  }
  expect(found()).toBeNull();
  expect(tried.has(paramsKey({ x: 4 }))).toBe(false);
});

test('with a resample probability of 1 every parameter is drawn again', () => {
  const space = makeSpace([{ name: 'x', distribution: float(0, 1) }]);
  const drawn = Array.from({ length: 100 }, (_, k) => {
    const point = explore({
      space,
      params: { x: 0.5 },
      resampleProbability: 1,
      isTried: () => false,
      seed: k,
      labels: [],
      index: 0,
    });
    return Number(point?.params.x);
  });
  expect(Math.min(...drawn)).toBeLessThan(0.1);
  expect(Math.max(...drawn)).toBeGreaterThan(0.9);
});

test('a choice that the study no longer has is drawn again', () => {
  const space = makeSpace([
    { name: 'x', distribution: float(0, 1) },
    { name: 'opt', distribution: categorical(['adam', 'lion']) },
  ]);
  for (let seed = 0; seed < 20; seed++) {
    const point = explore({
      space,
      params: { x: 0.5, opt: 'sgd' },
      resampleProbability: 0,
      isTried: () => false,
      index: 4,
      seed,
      labels: [1],
    });
    expect(['adam', 'lion']).toContain(point?.params.opt);
    expect([0.4, 0.6]).toContainEqual(expect.closeTo(Number(point?.params.x)));
  }
});

test('a parameter that becomes active is drawn', () => {
  const space = makeSpace([
    { name: 'kind', distribution: categorical([1, 2]) },
    { name: 'x', distribution: float(0, 1), when: { kind: 2 } },
  ]);
  const point = explore({
    space,
    params: { kind: 1 },
    resampleProbability: 0,
    isTried: () => false,
    seed: 1,
    labels: [],
    index: 0,
  });
  expect(point?.params).toEqual({ kind: 2, x: expect.any(Number) });
});
