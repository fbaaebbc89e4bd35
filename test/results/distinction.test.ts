import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeRng } from '../../src/core/rng.js';
import { distinguish, type RepeatValue } from '../../src/results/distinction.js';

/** Repeats with the seeds 1, 2, 3 and so on. */
const seeded = (...values: readonly number[]): RepeatValue[] =>
  values.map((value, k) => ({ seed: k + 1, value }));
const unseeded = (...values: readonly number[]): RepeatValue[] =>
  values.map((value) => ({ seed: null, value }));

describe('the repeats of the first and the others', () => {
  test('tell apart what differs by more than they vary, and not what overlaps', () => {
    const first = seeded(0.1, 0.11, 0.105);
    const [own, near, far] = distinguish([first, seeded(0.12, 0.1, 0.109), seeded(0.5, 0.51, 0.506)]);
    expect(near).toMatchObject({ distinguishable: false, test: 'paired' });
    expect(far).toMatchObject({ distinguishable: true, repeatsNeeded: null });
    // The first says what the second says.
    expect(own).toEqual(near);
  });

  test('are compared in pairs by seed: what all seeds have in common does not hide a difference', () => {
    const first = seeded(1, 5, 9, 13);
    const second = seeded(1.1, 5.12, 9.09, 13.11);
    expect(distinguish([first, second])[1]).toMatchObject({ distinguishable: true, test: 'paired' });
    expect(distinguish([unseeded(1, 5, 9, 13), second])[1]).toMatchObject({
      distinguishable: false,
      test: 'welch',
    });
  });

  test('agree with the p-values of a table: Welch, and paired', () => {
    // Differences 1, 2, 3: t = 2 / (1 / sqrt 3) = 3.4641 with 2 degrees of freedom.
    const paired = distinguish([seeded(0, 0, 0), seeded(1, 2, 3)])[1];
    expect(paired?.pValue).toBeCloseTo(0.0742, 4);
    // t = 2 / sqrt(1/3 + 1/3) = 2.4495 with 4 degrees of freedom.
    const welch = distinguish([unseeded(1, 2, 3), unseeded(3, 4, 5)])[1];
    expect(welch?.pValue).toBeCloseTo(0.0705, 4);
  });

  test('say nothing of fewer than two repeats, or of infinite values', () => {
    const unknown = { distinguishable: null, pValue: null };
    expect(distinguish([])).toEqual([]);
    expect(distinguish([seeded(1)])).toMatchObject([unknown]);
    expect(distinguish([seeded(1), seeded(2)])).toMatchObject([unknown, unknown]);
    expect(distinguish([seeded(1, 2), seeded(2)])[1]).toMatchObject(unknown);
    expect(distinguish([seeded(1, 2, 3), seeded(2, 3, Number.POSITIVE_INFINITY)])[1]).toMatchObject(unknown);
  });

  test('without any variance tell every difference, and no equality', () => {
    expect(distinguish([seeded(1, 1, 1), seeded(2, 2, 2)])[1]?.distinguishable).toBe(true);
    expect(distinguish([seeded(1, 1, 1), seeded(1, 1, 1)])[1]).toMatchObject({
      distinguishable: false,
      repeatsNeeded: null,
    });
  });

  test('need about as many as it takes', () => {
    // Differences with mean 1 and variance 4/3: (1.96 + 0.84)^2 * 4/3 = 10.5 pairs, and two.
    expect(distinguish([seeded(0, 0, 0, 0), seeded(0, 2, 0, 2)])[1]).toMatchObject({
      distinguishable: false,
      repeatsNeeded: 13,
    });
    // More than a thousand are no advice.
    expect(distinguish([seeded(0, 0, 0), seeded(1, -1, 0.01)])[1]?.repeatsNeeded).toBe(null);
  });
});

test('of configurations that are all alike, one in twenty studies or fewer calls one distinguishable', () => {
  const rng = makeRng(3, 'alike');
  const studies = 400;
  let wrong = 0;
  for (let k = 0; k < studies; k++) {
    const configs = Array.from({ length: 5 }, () =>
      seeded(rng.normal(), rng.normal(), rng.normal(), rng.normal()),
    );
    if (distinguish(configs).some(({ distinguishable }) => distinguishable)) wrong += 1;
  }
  expect(wrong / studies).toBeLessThan(0.07);
});

test('a larger family never makes a difference more certain', () => {
  const repeats = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(repeats, repeats, fc.array(repeats, { maxLength: 4 }), (a, b, others) => {
      const alone = distinguish([seeded(...a), seeded(...b)])[1]?.pValue ?? 0;
      const among = distinguish([a, b, ...others].map((values) => seeded(...values)))[1]?.pValue ?? 0;
      expect(among).toBeGreaterThanOrEqual(alone);
      expect(among).toBeLessThanOrEqual(1 + 1e-12);
    }),
  );
});
