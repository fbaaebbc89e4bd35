import { describe, expect, test } from 'vitest';
import { gain, noiseAt } from '../../src/samplers/gp/expected-improvement.js';
import type { Scale } from '../../src/samplers/gp/model.js';
import { distances, warp } from '../../src/samplers/gp/warp.js';

const VALUES = [3, 3.2, 3.5, 4, 4.1, 5, 7, 8, 20, 60];

/** The scale of these values at a bend, and the value in the objective's units at a place on it. */
function scaleAt(bend: number, noise = 0.01) {
  const { u, best, unit } = distances(VALUES);
  const warped = warp(u, bend);
  const scale: Scale = { warped, unit, noise };
  return { scale, value: (z: number) => best + unit * (warped.reach(z) - 1 / bend) };
}

/** E max(0, Y(limit) - Y(Z)) by the midpoint rule. */
function byDefinition(value: (z: number) => number, mean: number, deviation: number, limit: number): number {
  const cells = 40_000;
  let sum = 0;
  for (let k = 0; k < cells; k++) {
    const at = -10 + (20 * (k + 0.5)) / cells;
    const density = Math.exp(-0.5 * at * at) / Math.sqrt(2 * Math.PI);
    sum += Math.max(0, value(limit) - value(mean + deviation * at)) * density * (20 / cells);
  }
  return sum;
}

const BENDS = [1e-3, 0.1, 1, 30, 1000];

describe.each(BENDS)('with values bent by %d', (bend) => {
  test('the way back from the model leads to where the values were', () => {
    const { scale, value } = scaleAt(bend);
    const { u, best, unit } = distances(VALUES);
    u.forEach((distance, k) => {
      expect(value(scale.warped.at(distance))).toBeCloseTo(VALUES[k] as number, 6);
      expect(best + unit * distance).toBeCloseTo(VALUES[k] as number, 9);
    });
  });

  test('the gain is the expected improvement in the units of the values', () => {
    const { scale, value } = scaleAt(bend);
    for (const [mean, deviation, limit] of [
      [0, 1, -1],
      [-1, 0.3, -1],
      [2, 0.5, -1],
      [-2, 0.1, -1],
      [-1, 1e-4, -1],
    ] as const) {
      const expected = byDefinition(value, mean, deviation, limit);
      const found = gain(scale, { mean, deviation }, limit);
      expect(Math.abs(found - expected)).toBeLessThan(1e-3 * expected + 1e-9);
    }
  });

  test('the noise is what one standard deviation makes of a value near the limit', () => {
    const { scale, value } = scaleAt(bend, 1e-6);
    for (const at of [-1, 0, 1]) {
      const slope = (value(at + 1e-4) - value(at - 1e-4)) / 2e-4;
      expect(noiseAt(scale, at) / (1e-3 * slope)).toBeCloseTo(1, 3);
    }
  });

  test('the gain is a number however far and however unsure the prediction is', () => {
    const { scale } = scaleAt(bend);
    for (const mean of [-50, -1, 0, 1e3, 1e6]) {
      for (const deviation of [1e-9, 1e-3, 1, 50]) {
        const found = gain(scale, { mean, deviation }, -1);
        expect(found).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(found)).toBe(true);
      }
    }
  });
});

test('distances stay finite where the values span all numbers', () => {
  const { u } = distances([1e300, ...Array.from({ length: 10 }, () => 0), -5e-324]);
  for (const distance of u) expect(Number.isFinite(distance)).toBe(true);
  const { z } = warp(u, 1e3);
  for (const at of z) expect(Number.isFinite(at)).toBe(true);
});
