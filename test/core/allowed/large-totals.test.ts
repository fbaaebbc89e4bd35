import { expect, test } from 'vitest';
import { drawAllowed, findInfeasible, pointAt } from '../../../src/core/allowed/place.js';
import { breaks, type Restriction } from '../../../src/core/constraint.js';
import { type Distribution, float, int, type Params } from '../../../src/core/distribution.js';
import { makeRng } from '../../../src/core/rng.js';
import { makeSpace, type Space } from '../../../src/core/space.js';

const spaceOf = (a: Distribution, b: Distribution, rule: Restriction) =>
  makeSpace(
    [
      { name: 'a', distribution: a },
      { name: 'b', distribution: b },
    ],
    [rule],
  );
const pointsOf = (space: Space): Params[] => [
  ...[0, 0.3, 0.999].map((u) => pointAt(space, () => u).params),
  ...Array.from({ length: 20 }, (_, k) => drawAllowed(space, makeRng(k, 'large')).params),
];

test.each([1e7, 1e8, 1e9, 1e12])('a total of exactly %d is reached, and no other', (total) => {
  const limits = { params: ['a', 'b'], min: total, max: total };
  const product = spaceOf(int(1, 64), int(1, total), { kind: 'product', ...limits });
  expect(findInfeasible(product)).toBeNull();
  for (const { a, b } of pointsOf(product)) expect(Number(a) * Number(b)).toBe(total);
  const sum = spaceOf(int(0, total), int(0, total), { kind: 'sum', ...limits });
  for (const { a, b } of pointsOf(sum)) expect(Number(a) + Number(b)).toBe(total);
  const eighths = float(0, total, { step: total / 8 });
  const steps = spaceOf(eighths, eighths, { kind: 'sum', ...limits });
  for (const { a, b } of pointsOf(steps)) expect(Number(a) + Number(b)).toBe(total);
});

test('whole numbers are exact, and only they are', () => {
  const rule: Restriction = { kind: 'sum', params: ['a', 'b'], min: null, max: 1e9 };
  expect(breaks(rule, { a: 1e9, b: 0 })).toBe(false);
  expect(breaks(rule, { a: 1e9, b: 1 })).toBe(true);
  expect(breaks({ ...rule, max: 0.57 * 100 }, { a: 50, b: 7 })).toBe(false); // 56.99999999999999
  expect(breaks({ ...rule, max: 0.3 }, { a: 0.1, b: 0.2 })).toBe(false);
});
