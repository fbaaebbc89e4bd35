import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAmongBest, type Point } from '../../src/pruners/points.js';

/** Few values, so that ties, equal points and long fronts come up all the time. */
const loss = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, 1e300, -1e300, 0.5) },
);
const pointsOf = (objectives: fc.Arbitrary<number>) =>
  objectives.chain((count) =>
    fc.array(
      fc.record({
        losses: fc.array(loss, { minLength: count, maxLength: count }),
        violation: fc.constantFrom(0, 0, 0, 0.5, 2),
      }),
      { minLength: 1, maxLength: 14 },
    ),
  );
const points = pointsOf(fc.integer({ min: 1, max: 4 }));
const count = fc.integer({ min: 0, max: 16 });
const chosen = (all: readonly Point[], quota: number) =>
  all.filter((point, k) => isAmongBest(point, all.toSpliced(k, 1), quota));
const dominates = (a: Point, b: Point) =>
  a.violation < b.violation ||
  (a.violation === b.violation &&
    a.losses.every((each, k) => each <= (b.losses[k] as number)) &&
    a.losses.some((each, k) => each < (b.losses[k] as number)));
const keyOf = ({ losses, violation }: Point) => JSON.stringify([violation, losses.map(String)]);

describe('the best of several points', () => {
  test('of one objective without constraints are those that fewer than so many are better than', () => {
    fc.assert(
      fc.property(pointsOf(fc.constant(1)), count, (drawn, quota) => {
        const all = drawn.map(({ losses }) => ({ losses, violation: 0 }));
        const own = all[0] as Point;
        const others = all.slice(1);
        const better = others.filter(({ losses }) => (losses[0] as number) < (own.losses[0] as number));
        expect(isAmongBest(own, others, quota)).toBe(better.length < quota);
      }),
    );
  });

  test('are as many as asked for, where no two are equal', () => {
    const different = fc
      .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
        selector: String,
        minLength: 1,
        maxLength: 16,
      })
      .map((pairs) => pairs.map((losses): Point => ({ losses, violation: 0 })));
    fc.assert(
      fc.property(different, count, (all, quota) => {
        expect(chosen(all, quota)).toHaveLength(Math.min(quota, all.length));
      }),
    );
  });

  test('hold none without one that is better, do not depend on the order, and grow with the count', () => {
    fc.assert(
      fc.property(points, count, (all, quota) => {
        const best = chosen(all, quota);
        const keys = new Set(best.map(keyOf));
        for (const point of best)
          for (const other of all) if (dominates(other, point)) expect(keys).toContain(keyOf(other));
        expect(new Set(chosen([...all].reverse(), quota).map(keyOf))).toEqual(keys);
        expect([...keys].every((key) => new Set(chosen(all, quota + 1).map(keyOf)).has(key))).toBe(true);
      }),
    );
  });

  test('do not depend on the unit of an objective', () => {
    fc.assert(
      fc.property(
        pointsOf(fc.integer({ min: 2, max: 3 })),
        count,
        fc.constantFrom(0.25, 4, 1024),
        (all, quota, unit) => {
          const finite = all.filter(({ losses }) => losses.every((each) => Math.abs(each) < 1e9));
          const other = finite.map((point) => ({
            ...point,
            losses: point.losses.map((each, k) => (k === 0 ? each * unit : each)),
          }));
          const places = (of: readonly Point[]) =>
            of.map((point, k) => isAmongBest(point, of.toSpliced(k, 1), quota));
          expect(places(other)).toEqual(places(finite));
        },
      ),
    );
  });

  test('spread over a front: first the one without a weakness, then what lies furthest from it', () => {
    const front = [
      [0, 10],
      [1, 9.9],
      [4, 4],
      [4.1, 3.9],
      [10, 0],
    ].map((losses): Point => ({ losses, violation: 0 }));
    expect(chosen(front, 1).map(({ losses }) => losses)).toEqual([[4, 4]]);
    expect(
      chosen(front, 3)
        .map(({ losses }) => losses[0])
        .sort((a, b) => (a as number) - (b as number)),
    ).toEqual([0, 4, 10]);
  });
});
