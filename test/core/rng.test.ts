import { describe, expect, test } from 'vitest';
import { makeRng, trainerSeed } from '../../src/core/rng.js';
import { mean, standardDeviation } from '../../src/core/stats.js';

const take = (count: number, next: () => number) => Array.from({ length: count }, next);

describe('the generator', () => {
  test('gives the numbers it always gave: stored studies go on with them', () => {
    const rng = makeRng(42, 'ask', 7);
    expect(take(3, () => rng.float())).toMatchInlineSnapshot(`
      [
        0.5392043111528647,
        0.8329674606488838,
        0.2799999140812545,
      ]
    `);
    expect(take(5, () => rng.int(1000))).toMatchInlineSnapshot(`
      [
        995,
        782,
        989,
        590,
        57,
      ]
    `);
    expect(take(2, () => rng.normal())).toMatchInlineSnapshot(`
      [
        -1.0613109742151516,
        0.9076035779061569,
      ]
    `);
    expect(take(3, () => 0).map((_, repeat) => trainerSeed(42, repeat))).toMatchInlineSnapshot(`
      [
        1122749377,
        706293179,
        1890986865,
      ]
    `);
  });

  test('depends on its seed and every label, and on nothing else', () => {
    const first = (...key: Parameters<typeof makeRng>) => makeRng(...key).float();
    makeRng(1).float();
    expect(first(1, 'ask', 2)).toBe(first(1, 'ask', 2));
    const keys: Parameters<typeof makeRng>[] = [
      [1, 'ask', 2],
      [2, 'ask', 1],
      [1, 'ask', 3],
      [1, 'x', 2],
      [1],
      [12],
    ];
    expect(new Set(keys.map((key) => first(...key))).size).toBe(keys.length);
  });

  test('is uniform, whole and normal as it says', () => {
    const rng = makeRng(1);
    const floats = take(20_000, () => rng.float());
    expect(floats.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(mean(floats)).toBeCloseTo(0.5, 1);
    const counts = new Array<number>(6).fill(0);
    for (const k of take(6000, () => rng.int(6))) counts[k]!++;
    expect(counts.length).toBe(6);
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(rng.int(1)).toBe(0);
    const normals = take(20_000, () => rng.normal());
    expect(mean(normals)).toBeCloseTo(0, 1);
    expect(standardDeviation(normals)).toBeCloseTo(1, 1);
    expect(normals.filter((x) => Math.abs(x) > 1.96).length / normals.length).toBeCloseTo(0.05, 2);
  });

  test('gives trainers seeds that every program can take', () => {
    const seeds = take(1000, () => 0).map((_, repeat) => trainerSeed(3, repeat));
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true);
    expect(new Set(seeds).size).toBe(1000);
  });
});
