import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crowdingDistances, nonDominatedRanks } from '../../src/core/pareto.js';

const INF = Number.POSITIVE_INFINITY;

// Few values, so that ties, equal points and infinities come up all the time.
const loss = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 2, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(INF, -INF, Number.NaN, -0) },
);
const points = fc
  .integer({ min: 1, max: 4 })
  .chain((objectives) =>
    fc.array(fc.array(loss, { minLength: objectives, maxLength: objectives }), { maxLength: 25 }),
  );

const clean = (value: number) => (Number.isNaN(value) ? INF : value);
/** The definition, word by word. */
function dominates(a: readonly number[], b: readonly number[]): boolean {
  const pairs = a.map((value, i) => [clean(value), clean(b[i] as number)] as const);
  return pairs.every(([left, right]) => left <= right) && pairs.some(([left, right]) => left < right);
}

/** Peels front after front, as the definition says. */
function peeled(all: readonly (readonly number[])[]): number[] {
  const ranks = all.map(() => -1);
  for (let rank = 0; ranks.includes(-1); rank++) {
    const left = all.map((_, i) => i).filter((i) => ranks[i] === -1);
    const front = left.filter((i) => !left.some((j) => dominates(all[j] as number[], all[i] as number[])));
    for (const i of front) ranks[i] = rank;
  }
  return ranks;
}

describe('ranks', () => {
  test('are those of peeling front after front, for any number of objectives', () => {
    fc.assert(
      fc.property(points, (all) => {
        expect(nonDominatedRanks(all)).toEqual(peeled(all));
      }),
    );
  });

  test('by hand', () => {
    expect(nonDominatedRanks([])).toEqual([]);
    expect(nonDominatedRanks([[3], [1], [2], [1]])).toEqual([2, 0, 1, 0]);
    const two = [
      [1, 4],
      [2, 2],
      [4, 1],
      [2, 3],
      [INF, 0],
      [0, Number.NaN],
      [5, 5],
    ];
    expect(nonDominatedRanks(two)).toEqual([0, 0, 0, 1, 0, 0, 2]);
  });

  test('are found for 10,000 points of two objectives, on one front and on 10,000', () => {
    const one = Array.from({ length: 10_000 }, (_, i) => [i, -i]);
    expect(new Set(nonDominatedRanks(one))).toEqual(new Set([0]));
    const chain = Array.from({ length: 10_000 }, (_, i) => [i, i]);
    expect(nonDominatedRanks(chain)).toEqual(chain.map(([i]) => i));
  });

  test('refuse points of different lengths', () => {
    expect(() => nonDominatedRanks([[1], [1, 2]])).toThrow(RangeError);
    expect(() => crowdingDistances([[1], [1, 2]])).toThrow(RangeError);
  });
});

describe('crowding distances', () => {
  test('by hand, as the paper defines them', () => {
    expect(crowdingDistances([])).toEqual([]);
    expect(crowdingDistances([[1, 2]])).toEqual([INF]);
    expect(
      crowdingDistances([
        [0, 10],
        [4, 4],
        [10, 0],
        [2, 6],
      ]),
    ).toEqual([INF, 1.4, INF, 1]);
  });

  test('an objective in which all are equal tells nobody apart', () => {
    expect(crowdingDistances([[1], [1], [1]])).toEqual([0, 0, 0]);
    expect(
      crowdingDistances([
        [1, 0],
        [1, 1],
        [1, 4],
      ]),
    ).toEqual([INF, 1, INF]);
  });

  test('are never NaN or negative, and at most two an objective with the paper’s infinities left out', () => {
    fc.assert(
      fc.property(points, (front) => {
        const distances = crowdingDistances(front);
        expect(distances).toHaveLength(front.length);
        const finite = distances.filter((distance) => distance !== INF);
        for (const distance of distances) expect(distance).toBeGreaterThanOrEqual(0);
        const sum = finite.reduce((total, distance) => total + distance, 0);
        expect(sum).toBeLessThanOrEqual(2 * (front[0]?.length ?? 0) + 1e-9);
      }),
    );
  });

  test('do not change when an objective is moved or stretched', () => {
    const front = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })));
    fc.assert(
      fc.property(front, fc.integer({ min: -8, max: 8 }), (all, shift) => {
        const moved = all.map(([a, b]) => [a * 4 + shift, b / 2]);
        const [before, after] = [crowdingDistances(all), crowdingDistances(moved)];
        for (const [i, distance] of before.entries()) expect(after[i]).toBeCloseTo(distance, 9);
      }),
    );
  });
});
