import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cardinality,
  categorical,
  contains,
  type Distribution,
  float,
  int,
  valueAt,
} from '../../src/core/distribution.js';
import { CONFIDENCES, type Confidence, isProblem, makePrior, type Prior } from '../../src/core/prior.js';
import {
  densityAt,
  logSlopeAt,
  massesOf,
  placeOf,
  quantileAt,
  type RangePrior,
  shapeOf,
} from '../../src/core/prior-density.js';
import { drawing, drawValue, likeliest, shareOf } from '../../src/core/prior-draw.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import { distributions } from './arbitraries.js';

/** A prior that must be one. */
function prior(d: Distribution, at: unknown, confidence: Confidence = 'medium'): Prior {
  const made = makePrior(d, at, confidence);
  if (isProblem(made)) throw new Error(made.message);
  return made;
}

/** A distribution with a prior that fits it. */
const withPrior = fc
  .tuple(distributions, fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...CONFIDENCES))
  .map(([distribution, share, confidence]) => {
    const at =
      distribution.kind === 'categorical'
        ? distribution.choices.map((_, k) => (k === 0 ? 1 + share : k % 2))
        : distribution.low + share * (distribution.high - distribution.low);
    const { low, high } = distribution.kind === 'categorical' ? { low: 0, high: 0 } : distribution;
    const inside = typeof at === 'number' ? Math.min(high, Math.max(low, at)) : at;
    return { name: 'p', distribution, prior: prior(distribution, inside, confidence) };
  });

describe('what is no prior', () => {
  const choices = categorical(['a', 'b', 'c']);
  test.each<[string, Distribution, unknown, unknown, string]>([
    ['above the range', float(0, 1), 2, 'high', 'expected the prior to be a number in [0, 1], got 2'],
    ['no number', int(1, 9), 'a', 'high', 'expected the prior to be a number in [1, 9], got "a"'],
    ['NaN', float(0, 1), Number.NaN, 'low', 'a number in [0, 1]'],
    ['weights for a range', float(0, 1), [1, 2], 'low', 'a number in [0, 1], got [1,2]'],
    ['one number for choices', choices, 1, 'low', '3 weights, one for each choice, got 1'],
    ['too few weights', choices, [1, 2], 'low', '3 weights, one for each choice, got [1,2]'],
    ['a negative weight', choices, [1, -1, 2], 'low', 'weights of at least 0, got [1,-1,2]'],
    ['no weight above 0', choices, [0, 0, 0], 'low', 'one is above 0'],
    ['another word', float(0, 1), 0.5, 'sure', 'confidence to be low, medium, high, got "sure"'],
    ['a confidence alone', float(0, 1), undefined, 'low', 'expected a prior with confidence'],
  ])('%s', (_, distribution, at, confidence, message) => {
    const made = makePrior(distribution, at, confidence);
    expect(isProblem(made)).toBe(true);
    expect(made).toMatchObject({ message: expect.stringContaining(message) as string });
  });
});

const shapeIn = (d: Distribution, at: number, confidence: Confidence) =>
  shapeOf(d, prior(d, at, confidence)) as RangePrior;

test('a density over a range has the mass 1, and is greatest at the prior, the more the higher the confidence', () => {
  for (const at of [0, 0.3, 1]) {
    const tops = CONFIDENCES.map((confidence) => {
      const shape = shapeIn(float(0, 1), at, confidence);
      const cells = Array.from({ length: 1000 }, (_, k) => densityAt(shape, (k + 0.5) / 1000));
      expect(cells.reduce((a, b) => a + b, 0) / 1000).toBeCloseTo(1, 3);
      expect(Math.max(...cells)).toBeLessThanOrEqual(densityAt(shape, at));
      return densityAt(shape, at);
    });
    expect(tops).toEqual(tops.toSorted((a, b) => a - b));
  }
});

test('the slope is that of the logarithm of the density', () => {
  const shape = shapeIn(float(0, 1), 0.3, 'high');
  for (const place of [0.02, 0.25, 0.3, 0.5, 0.97]) {
    const step = 1e-6;
    const numeric =
      (Math.log(densityAt(shape, place + step)) - Math.log(densityAt(shape, place - step))) / (2 * step);
    expect(logSlopeAt(shape, place)).toBeCloseTo(numeric, 4);
  }
});

test('a log range has its prior on the logarithm', () => {
  const rate = float(1e-5, 0.1, { log: true });
  expect(shapeIn(rate, 1e-3, 'high').center).toBeCloseTo(0.5, 12);
});

test('quantiles rise from one end of the range to the other, with the middle near the prior', () => {
  for (const at of [0, 0.4, 1]) {
    const shape = shapeIn(float(0, 1), at, 'high');
    const found = [0, 0.1, 0.5, 0.9, 0.999].map((share) => quantileAt(shape, share));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(Math.abs((found[2] as number) - at)).toBeLessThan(0.1);
  }
  expect(quantileAt(shapeIn(float(0, 1), 0.5, 'low'), 0)).toBeLessThan(0.01);
});

test('masses of discrete values sum to 1, and none is 0', () => {
  fc.assert(
    fc.property(withPrior, ({ distribution, prior: given }) => {
      const size = cardinality(distribution);
      if (size > 200) return;
      const values = Array.from({ length: size }, (_, k) => valueAt(distribution, k));
      const shape = shapeOf(distribution, given);
      if (!shape) throw new Error('no shape');
      const masses = massesOf(distribution, shape, values);
      expect(masses.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      expect(Math.min(...masses)).toBeGreaterThan(0);
    }),
  );
});

test('weights whose sum is no finite number, or next to nothing, are as good as others', () => {
  const choices = categorical(['a', 'b', 'c']);
  for (const [weights, same] of [
    [
      [1e308, 1e308, 0],
      [1, 1, 0],
    ],
    [
      [Number.MAX_VALUE, 0, 0],
      [1, 0, 0],
    ],
    [
      [5e-324, 5e-324, 0],
      [1, 1, 0],
    ],
  ] as const) {
    const shape = shapeOf(choices, prior(choices, weights));
    expect(shape).toEqual(shapeOf(choices, prior(choices, same)));
    expect(likeliest({ name: 'p', distribution: choices, prior: prior(choices, weights) })).toBe('a');
  }
});

test('every drawn value is inside its distribution, as is the likeliest', () => {
  fc.assert(
    fc.property(withPrior, fc.nat(), fc.nat({ max: 300 }), (spec, seed, index) => {
      const rng = makeRng(seed, 'draw');
      for (const coin of [0, 0.99])
        expect(contains(spec.distribution, drawValue(spec, { index, rng, coin }))).toBe(true);
      expect(contains(spec.distribution, likeliest(spec) as number)).toBe(true);
    }),
  );
});

test('the share of draws from a prior falls with the configurations since it was given', () => {
  const given = prior(float(0, 1), 0.9, 'high');
  const shares = [0, 10, 25, 100, 1000].map((index) => shareOf(given, index));
  expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  expect(shares[0]).toBeGreaterThan(0.7);
  expect(shares[3]).toBeLessThan(0.2);
  expect(shareOf({ ...given, since: 100 }, 110)).toBe(shares[1]);
});

test('draws of new priors are near them, most of them in all parameters at once', () => {
  const distribution = float(0, 1);
  const params = ['a', 'b'].map((name) => ({
    name,
    distribution,
    prior: prior(distribution, 0.9, 'high'),
  }));
  const space = makeSpace(params);
  const points = Array.from({ length: 200 }, (_, k) =>
    params.map(drawing(space, { index: 0, rng: makeRng(k, 'near') })),
  );
  const near = points.filter((point) => point.every((value) => Math.abs((value as number) - 0.9) < 0.25));
  expect(near.length).toBeGreaterThan(130);
  expect(near.length).toBeLessThan(190);
});

test('a place is within [0, 1], also of a value outside the range', () => {
  expect(placeOf(float(2, 4), 1)).toBe(0);
  expect(placeOf(float(2, 4), 5)).toBe(1);
  expect(placeOf(float(2, 2), 2)).toBe(0.5);
});
