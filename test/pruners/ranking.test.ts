import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAmongBest, type Point } from '../../src/pruners/points.js';
import { rankByPoint } from '../../src/pruners/ranking.js';

const loss = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, -1e300, 0.5) },
);
const pointsOf = (selector: (point: Point) => unknown) =>
  fc.integer({ min: 1, max: 3 }).chain((count) =>
    fc.uniqueArray(
      fc.record({
        losses: fc.array(loss, { minLength: count, maxLength: count }),
        violation: fc.constantFrom(0, 0, 0, 0.5, 2),
      }),
      { selector, maxLength: 14 },
    ),
  );
const keyOf = ({ losses, violation }: Point) => JSON.stringify([violation, losses.map(String)]);
let made = 0;
const anyPoints = pointsOf(() => made++);
const rank = (points: readonly Point[]) => rankByPoint(points.map((point, entry) => ({ entry, point })));
const dominates = (a: Point, b: Point) =>
  a.violation < b.violation ||
  (a.violation === b.violation &&
    a.losses.every((each, k) => each <= (b.losses[k] as number)) &&
    a.losses.some((each, k) => each < (b.losses[k] as number)));

test('the first so many of different points are the best so many', () => {
  fc.assert(
    // A loss without end counts as the largest of its front.
    fc.property(pointsOf(keyOf), fc.nat({ max: 15 }), (all, count) => {
      const finite = all.filter(({ losses }) => losses.every((each) => Number.isFinite(each)));
      const first = rank(finite)
        .slice(0, count)
        .map(({ point }) => keyOf(point));
      const best = finite.filter((point, k) => isAmongBest(point, finite.toSpliced(k, 1), count)).map(keyOf);
      expect([...first].sort()).toEqual([...best].sort());
    }),
  );
});

test('every entry has a place, behind all that are better, on a later front than they are', () => {
  fc.assert(
    fc.property(anyPoints, (all) => {
      const ranked = rank(all);
      expect(ranked.map(({ entry }) => entry).sort((a, b) => a - b)).toEqual(all.map((_, k) => k));
      for (const [place, { point, front }] of ranked.entries())
        for (const later of ranked.slice(place + 1)) {
          expect(dominates(later.point, point)).toBe(false);
          expect(later.front).toBeGreaterThanOrEqual(front);
          if (dominates(point, later.point)) expect(later.front).toBeGreaterThan(front);
        }
    }),
  );
});

test('equal points share a front and stay in their order', () => {
  fc.assert(
    fc.property(anyPoints, (all) => {
      const ranked = rank([...all, ...all]);
      for (const [k, point] of all.entries()) {
        const places = ranked.filter((each) => keyOf(each.point) === keyOf(point));
        const entries = places.map(({ entry }) => entry);
        expect(entries).toEqual([...entries].sort((a, b) => a - b));
        expect(entries).toContain(k + all.length);
        expect(new Set(places.map(({ front }) => front)).size).toBe(1);
      }
    }),
  );
});
