import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEARCHED_DIMENSIONS } from '../../../src/samplers/qmc/directions.js';
import { primitivePolynomials } from '../../../src/samplers/qmc/polynomials.js';
import { makeSobol, type Sequence } from '../../../src/samplers/qmc/sobol.js';

const points = (sequence: Sequence, count: number) =>
  Array.from({ length: count }, (_, k) => sequence.point(k));

describe('primitive polynomials over GF(2)', () => {
  test('come in the order of Joe and Kuo', () => {
    // x + 1, x^2 + x + 1, x^3 + x + 1, x^3 + x^2 + 1, x^4 + x + 1, ...
    expect(primitivePolynomials(10)).toEqual([3, 7, 11, 13, 19, 25, 37, 41, 47, 55]);
  });

  test('are as many of each degree as there are: Euler phi of 2^d - 1, divided by d', () => {
    const degrees = primitivePolynomials(480).map((p) => 31 - Math.clz32(p));
    const counts = Array.from({ length: 12 }, (_, d) => degrees.filter((each) => each === d + 1).length);
    expect(counts).toEqual([1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144]);
  });
});

describe("the plain Sobol' sequence", () => {
  test('is the published one', () => {
    // Bratley and Fox (1988), in Gray code order; three dimensions, eight points.
    const eighths = points(makeSobol(3, null), 8).map((point) => point.map((u) => Math.floor(u * 8)));
    expect(eighths).toEqual([
      [0, 0, 0],
      [4, 4, 4],
      [6, 2, 2],
      [2, 6, 6],
      [3, 3, 5],
      [7, 7, 1],
      [5, 1, 7],
      [1, 5, 3],
    ]);
  });
});

describe.each([
  ['plain', null],
  ['scrambled', 7],
])("a %s Sobol' sequence", (_, seed) => {
  test('has in every dimension one point in each of 2^k equal parts, for the first 2^k points and the next', () => {
    const dimensions = SEARCHED_DIMENSIONS + 40;
    const all = points(makeSobol(dimensions, seed), 512);
    for (const block of [all.slice(0, 256), all.slice(256)]) {
      for (let d = 0; d < dimensions; d++) {
        const parts = block.map((point) => Math.floor((point[d] as number) * 256));
        expect(new Set(parts).size).toBe(256);
      }
    }
  });

  test('has one point in each elementary interval of the first two dimensions', () => {
    const all = points(makeSobol(2, seed), 64);
    for (const [across, down] of [
      [64, 1],
      [32, 2],
      [16, 4],
      [8, 8],
      [4, 16],
      [2, 32],
    ] as const) {
      const cells = all.map(([x = 0, y = 0]) => Math.floor(x * across) * down + Math.floor(y * down));
      expect(new Set(cells).size).toBe(64);
    }
  });

  test('stays inside the open cube', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (index) => {
        const point = makeSobol(5, seed).point(index);
        expect(point.every((u) => u > 0 && u < 1)).toBe(true);
      }),
    );
  });
});

describe('scrambling', () => {
  test('depends on the seed, and leaves the evenness of two-dimensional projections', () => {
    const [a, b] = [makeSobol(20, 1), makeSobol(20, 2)];
    expect(a.point(3)).not.toEqual(b.point(3));
    expect(makeSobol(20, 1).point(3)).toEqual(a.point(3));
    // The share of points in a quarter of each plane is near a quarter: random points miss it by more.
    for (const d of [1, 5, 11, 18]) {
      const inside = points(a, 256).filter((p) => (p[0] as number) < 0.5 && (p[d] as number) < 0.5).length;
      expect(Math.abs(inside - 64)).toBeLessThanOrEqual(4);
    }
  });

  test('makes each coordinate uniform: the first point is anywhere', () => {
    const firsts = Array.from({ length: 400 }, (_, seed) => makeSobol(1, seed).point(0)[0] as number);
    for (let k = 0; k < 4; k++) {
      const share = firsts.filter((u) => Math.floor(u * 4) === k).length / 400;
      expect(Math.abs(share - 0.25)).toBeLessThan(0.08);
    }
  });
});
