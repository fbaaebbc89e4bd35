import { describe, expect, test } from 'vitest';
import { normalMass } from '../../src/samplers/tpe/normal.js';

const INF = Number.POSITIVE_INFINITY;
const relativeError = (got: number, expected: number) => Math.abs(got / expected - 1);

describe('the mass of a normal variable', () => {
  // P(Z > x) by the C library's erfc(x / sqrt 2) / 2.
  test.each([
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1, 0.15865525393145707],
    [2, 0.02275013194817922],
    [2.9, 0.0018658133003840384],
    [3.1, 0.0009676032132183562],
    [4, 3.1671241833119965e-5],
    [6, 9.865876450377012e-10],
    [10, 7.619853024160593e-24],
    [20, 2.7536241186063314e-89],
    [37, 5.725571222525139e-300],
  ])('beyond %d has ten digits right, on both sides', (x, expected) => {
    expect(relativeError(normalMass(x, INF), expected)).toBeLessThan(1e-10);
    expect(relativeError(normalMass(-INF, -x), expected)).toBeLessThan(1e-10);
  });

  test('between two points', () => {
    expect(normalMass(-1, 1)).toBeCloseTo(0.6826894921370859, 12);
    expect(normalMass(-1, 2)).toBeCloseTo(0.8185946141203637, 12);
    expect(relativeError(normalMass(5, 6), 2.856649842341569e-7)).toBeLessThan(1e-9);
    expect(normalMass(-INF, INF)).toBe(1);
  });

  test('of a narrow piece is its width times the density, where a difference of tails has no digits left', () => {
    const density = (x: number) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    for (const x of [-8, -1, 0, 0.3, 2.9, 3.1, 9]) {
      for (const width of [1e-4, 1e-5, 9e-6, 1e-9, 1e-13]) {
        const [low, high] = [x - width / 2, x + width / 2];
        expect(relativeError(normalMass(low, high), (high - low) * density(x))).toBeLessThan(1e-4);
      }
    }
    expect(normalMass(1, 1)).toBe(0);
  });

  test('adds up over neighbours and is never negative', () => {
    for (let x = -9; x < 9; x += 0.37) {
      const parts = [normalMass(x, x + 0.2), normalMass(x + 0.2, x + 0.7)];
      expect(Math.min(...parts)).toBeGreaterThan(0);
      expect(relativeError((parts[0] as number) + (parts[1] as number), normalMass(x, x + 0.7))).toBeLessThan(
        1e-6,
      );
    }
  });
});
