import { describe, expect, test } from 'vitest';
import { signedRankGreater } from '../../src/pruners/signed-rank.js';

describe('the signed-rank test', () => {
  test('gives the p-values of the tables', () => {
    // All of five greater: one sign pattern of 32. Zeros split their ranks, ties share them.
    expect(signedRankGreater([1, 2, 3, 4, 5])).toBeCloseTo(1 / 32, 12);
    expect(signedRankGreater([-1, 2, 3, 4, 5])).toBeCloseTo(2 / 32, 12);
    expect(signedRankGreater([0, 0, 0])).toBe(1);
    expect(signedRankGreater([1, 1])).toBeCloseTo(1 / 4, 12);
    expect(signedRankGreater([])).toBeNaN();
  });

  test('its approximation beyond 50 continues where the exact values end', () => {
    const differences = (n: number) => Array.from({ length: n }, (_, k) => (k % 3 === 0 ? -1 : 1) * (k + 1));
    const [exact, near] = [signedRankGreater(differences(50)), signedRankGreater(differences(51))];
    expect(Math.abs(exact - near)).toBeLessThan(0.01);
  });
});
