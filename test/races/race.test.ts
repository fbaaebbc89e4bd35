import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { noiseOf } from '../../src/races/noise.js';
import { ERROR, nextSeed, type Racer, standingOf } from '../../src/races/race.js';

const MAX = 6;
type Lab = { readonly truth: readonly number[]; readonly measure: (racer: number, seed: number) => number };

/** Configurations whose values differ by noise, and by what is hard about a seed for all of them. */
function lab(rng: Rng, count: number, { gap, noise = 1 }: { gap: number; noise?: number }): Lab {
  const truth = Array.from({ length: count }, (_, k) => (k === 0 ? 0 : gap * (1 + rng.float())));
  const hardness = Array.from({ length: MAX }, () => 3 * rng.normal());
  const own = truth.map(() => Array.from({ length: MAX }, () => noise * rng.normal()));
  return {
    truth,
    measure: (racer, seed) =>
      (truth[racer] as number) + (hardness[seed] as number) + ((own[racer] as number[])[seed] as number),
  };
}

/** Runs every configuration once and then what the race asks for, so many trials at a time. */
function run({ truth, measure }: Lab, slots = 1): { racers: (number | null)[][]; trials: number } {
  const racers = truth.map((_, k): (number | null)[] => [measure(k, 0)]);
  let trials = truth.length;
  for (;;) {
    const begun = [];
    for (let slot = 0; slot < slots; slot++) {
      const next = nextSeed(racers, MAX);
      if (next === null) break;
      (racers[next.racer] as (number | null)[])[next.seed] = null;
      begun.push(next);
    }
    if (begun.length === 0) return { racers, trials };
    for (const { racer, seed } of begun) (racers[racer] as (number | null)[])[seed] = measure(racer, seed);
    trials += begun.length;
  }
}

describe('a race', () => {
  test.each([
    [0.02, 1],
    [1, 1],
    [3, 4],
  ])('drops the best in at most a share of ERROR of the races (gap %d, %i slots)', (gap, slots) => {
    const races = 120;
    let dropped = 0;
    for (let seed = 0; seed < races; seed++) {
      const { racers } = run(lab(makeRng(seed, 'race', gap), 8, { gap }), slots);
      const { leader, contenders } = standingOf(racers, MAX);
      if (leader !== 0 && !contenders.includes(0)) dropped++;
    }
    // Three standard deviations above the bound of so many draws.
    expect(dropped / races).toBeLessThanOrEqual(ERROR + 3 * Math.sqrt((ERROR * (1 - ERROR)) / races));
  });

  test('spends little on what is clearly worse, and finds the best', () => {
    let trials = 0;
    let right = 0;
    for (let seed = 0; seed < 40; seed++) {
      const raced = run(lab(makeRng(seed, 'clear'), 20, { gap: 12 }));
      trials += raced.trials;
      if (standingOf(raced.racers, MAX).leader === 0) right++;
    }
    expect(right).toBeGreaterThanOrEqual(38);
    // All seeds of all would be 120 trials.
    expect(trials / 40).toBeLessThan(45);
  });

  test('where seeds make no difference, a configuration that is behind gets few seeds', () => {
    const { racers, trials } = run(lab(makeRng(1, 'none'), 10, { gap: 1, noise: 0 }));
    expect(standingOf(racers, MAX)).toEqual({ leader: 0, contenders: [] });
    expect(trials).toBeLessThan(16);
  });

  const loss = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 9 }) },
    { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    { weight: 2, arbitrary: fc.constant(null) },
  );
  const racers = fc.array(fc.array(loss, { maxLength: MAX }), { maxLength: 10 });

  test('asks for the next seed of one that has a value, never beyond the last, and does not depend on the order', () => {
    fc.assert(
      fc.property(racers, (all) => {
        const next = nextSeed(all, MAX);
        const { leader, contenders } = standingOf(all, MAX);
        expect(leader === null).toBe(all.every((racer) => racer.every((each) => each === null)));
        if (next === null) return;
        expect([leader, ...contenders]).toContain(next.racer);
        expect(next.seed).toBe((all[next.racer] as Racer).length);
        expect(next.seed).toBeLessThan(MAX);
        expect(nextSeed(all, MAX)).toEqual(next);
      }),
    );
  });

  test('ends, whatever the values are', () => {
    fc.assert(
      fc.property(racers, fc.infiniteStream(loss), (begun, values) => {
        const all = begun.map((racer) => [...racer]);
        const left = all.reduce((sum, racer) => sum + MAX - racer.length, 0);
        for (let trial = 0; trial <= left; trial++) {
          const next = nextSeed(all, MAX);
          if (next === null) return;
          (all[next.racer] as (number | null)[]).push(values.next().value ?? null);
        }
        throw new Error('more trials than there are seeds');
      }),
    );
  });

  test('a pruned or failed seed is used up and drops nobody', () => {
    const all: Racer[] = [[1, null, 1.1], [1.05, 1.2, 1], [1.1]];
    const { leader, contenders } = standingOf(all, MAX);
    expect([leader, ...contenders].sort()).toEqual([0, 1, 2]);
    expect(nextSeed([[1, null], [1.2]], 2)).toEqual({ racer: 1, seed: 1 });
    expect(
      nextSeed(
        [
          [1, null],
          [1.2, null],
        ],
        2,
      ),
    ).toBeNull();
  });

  test('without a second configuration, or without any value, there is no race', () => {
    expect(nextSeed([], MAX)).toBeNull();
    expect(nextSeed([[1]], MAX)).toBeNull();
    expect(nextSeed([[null], [null]], MAX)).toBeNull();
    expect(nextSeed([[1], [null]], MAX)).toBeNull();
  });
});

describe('the noise', () => {
  test('is what configuration and seed leave unexplained, whichever cells there are', () => {
    const exact = [[1, 2, 4], [11, 12, null], [5, null, 8], [7]];
    expect(noiseOf(exact).df).toBe(7 - 3 - 3 + 1);
    expect(noiseOf(exact).variance).toBeLessThan(1e-12);
    expect(noiseOf([[1, 2], [3]])).toEqual({ variance: 0, df: 0 });
    expect(noiseOf([])).toEqual({ variance: 0, df: 0 });
    // Differences of 1 and 3: half of the squared deviation of each from 2, with one degree of freedom.
    expect(
      noiseOf([
        [0, 0],
        [1, 3],
      ]),
    ).toEqual({ variance: 1, df: 1 });
  });

  test('is found again in values that were made with it', () => {
    const { racers } = run(lab(makeRng(3, 'noise'), 40, { gap: 0.01, noise: 2 }));
    const { variance, df } = noiseOf(racers);
    expect(df).toBeGreaterThan(100);
    expect(Math.abs(variance / 4 - 1)).toBeLessThan(0.35);
  });
});
