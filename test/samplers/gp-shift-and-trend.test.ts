import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commonShift, nearOf } from '../../src/samplers/gp/common-shift.js';
import { PRIOR, priorsOf } from '../../src/samplers/gp/priors.js';

const AXES = 5;
const priors = priorsOf(AXES);
const mean = priors.mean[0] as number;

/** Minus the logarithm of the joint density of weights and their shift, up to a constant. */
function penalty(theta: Float64Array, shift: number): number {
  const own = Array.from({ length: AXES }, (_, p) => {
    const off = ((theta[p] as number) - shift - mean) / (priors.deviation[p] as number);
    const near = nearOf(off, priors.tail[p] as number);
    return near * (off - 0.5 * near);
  });
  return own.reduce((a, b) => a + b, 0.5 * (shift / priors.spread) ** 2);
}

/** Hyperparameters with these weights, the others at their prior means. */
function thetaOf(weights: readonly number[]): Float64Array {
  const theta = priors.mean.slice();
  theta.set(weights);
  return theta;
}

const weights = fc.array(fc.double({ min: PRIOR.weight.low, max: PRIOR.weight.high, noNaN: true }), {
  minLength: AXES,
  maxLength: AXES,
});

describe('the common shift of length scales', () => {
  test('is the most likely one', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: -12, max: 12, noNaN: true }), (of, other) => {
        const theta = thetaOf(of);
        const shift = commonShift(theta, priors);
        expect(penalty(theta, shift)).toBeLessThanOrEqual(penalty(theta, other) + 1e-9);
      }),
    );
  });

  test('is 0 at the prior means, and follows weights that differ from them together', () => {
    expect(commonShift(thetaOf([]), priors)).toBeCloseTo(0);
    const together = commonShift(thetaOf(Array.from({ length: AXES }, () => mean + 2)), priors);
    const alone = commonShift(thetaOf([mean + 2]), priors);
    expect(together).toBeGreaterThan(1.4);
    expect(alone).toBeGreaterThan(0);
    expect(alone).toBeLessThan(0.4);
  });

  test('does not depend on the hyperparameters that are no weights', () => {
    const theta = thetaOf([3, 1, 2, 0, -1]);
    const other = theta.slice();
    other.fill(2, AXES);
    expect(commonShift(other, priors)).toBe(commonShift(theta, priors));
  });
});

test('up to ten parameters have one mean length scale, and more of them longer ones', () => {
  const meanOf = (axes: number) => priorsOf(axes).mean[0] as number;
  expect(meanOf(1)).toBe(meanOf(10));
  expect(meanOf(20)).toBeLessThan(meanOf(10));
  expect(meanOf(40)).toBeLessThan(meanOf(20));
});

test('a trend is expected to be small while many parameters have fewer values than it has features', () => {
  const trendOf = (axes: number, support: number) => priorsOf(axes, {}, support).mean[axes + 1] as number;
  expect(trendOf(10, 0.1)).toBe(trendOf(10, 1));
  expect(trendOf(40, 0.2)).toBeLessThan(trendOf(40, 0.6));
  expect(trendOf(40, 0.6)).toBeLessThan(trendOf(40, 1));
  expect(trendOf(40, 3)).toBe(trendOf(40, 1));
});
