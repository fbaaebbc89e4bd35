import { describe, expect, test } from 'vitest';
import { compareAt } from '../../bench/search/comparison.js';
import { compared } from '../../bench/search/families.js';
import { fingerprint, resultsOf } from '../../bench/search/kept-rivals.js';
import { mannWhitney, rankedHigher } from '../../bench/search/mann-whitney.js';
import { planOf } from '../../bench/search/measure-rivals.js';
import { makeObserver } from '../../bench/search/observer.js';
import { RIVALS } from '../../bench/search/rivals.js';
import { search } from '../../bench/search/run.js';
import { makeRandom } from '../../src/samplers/random.js';

const problem = (name: string) => compared.find((each) => each.name === name) as (typeof compared)[number];

describe('the one-sided rank test', () => {
  // scipy.stats.mannwhitneyu(a, b, alternative='greater', method='exact')
  test('is exact for few values', () => {
    expect(rankedHigher([4, 5, 6], [1, 2, 3])).toBeCloseTo(1 / 20, 12);
    expect(rankedHigher([1, 5, 6], [2, 3, 4])).toBeCloseTo(7 / 20, 12);
    expect(rankedHigher([1, 2, 3], [4, 5, 6])).toBe(1);
    const twenty = Array.from({ length: 20 }, (_, k) => k);
    expect(rankedHigher(twenty, [-3, -2, -1])).toBeCloseTo(1 / 1771, 12);
  });

  test('counts ties half, and equal samples do not differ', () => {
    expect(rankedHigher([1, 1, 1], [1, 1, 1, 1])).toBe(1);
    expect(rankedHigher([2, 2], [1, 2])).toBeCloseTo(1 / 2, 12);
  });

  test('agrees with the two-sided one where samples are large', () => {
    const a = Array.from({ length: 20 }, (_, k) => Math.sin(k * 7.3) + 0.6);
    const b = Array.from({ length: 20 }, (_, k) => Math.sin(k * 3.1));
    expect(rankedHigher(a, b)).toBeCloseTo(mannWhitney(a, b).p / 2, 12);
    expect(rankedHigher(a, b)).toBeLessThan(0.05);
    expect(rankedHigher(b, a)).toBeGreaterThan(0.95);
  });
});

describe('a comparison', () => {
  const runs = (...values: readonly number[]) => values.map((value) => [value]);

  test('is with the lowest median, and one with two seeds does not count', () => {
    const rivals = [
      { title: 'low', runs: runs(1, 2, 3) },
      { title: 'high', runs: runs(7, 8, 9) },
      { title: 'lucky', runs: runs(0, 0) },
    ];
    expect(compareAt(runs(2, 2, 2), rivals, 0)).toMatchObject({ best: 'low', theirs: 2, isAtOrBelow: true });
    expect(compareAt(runs(4, 4, 4), rivals, 0)).toMatchObject({ best: 'low', isAtOrBelow: false });
    expect(compareAt(runs(4), rivals.slice(2), 0)).toBeNull();
  });

  test('names every rival than which it is significantly worse', () => {
    const many = (from: number) => Array.from({ length: 20 }, (_, k) => [from + k / 100]);
    const rivals = [
      { title: 'better', runs: many(0) },
      { title: 'same', runs: many(1) },
    ];
    expect(compareAt(many(1), rivals, 0)?.worseThan.map(({ title }) => title)).toEqual(['better']);
  });
});

describe('the problems that optimizers are compared on', () => {
  test('have 2 to 60 parameters, names of their own, and values everywhere but where trials fail', () => {
    expect(new Set(compared.map(({ name }) => name)).size).toBe(compared.length);
    const sizes = compared.map(({ space }) => space.params.length);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([2, 60]);
    const random = makeRandom();
    for (const each of compared) {
      const best = search(each, random, 1);
      expect(best.every(Number.isFinite), each.name).toBe(true);
    }
  });

  test('report failures as no value, and outliers that the best value does not see', () => {
    const params = { rate: 5, batch: 16, width: 64, opt: 'adam', drop: 0 };
    expect(makeObserver(problem('crash5'), 1).evaluate(params)).toBeNull();
    const outliers = problem('outliers6');
    const { evaluate, best } = makeObserver(outliers, 1);
    const middle = Object.fromEntries(outliers.space.params.map(({ name }) => [name, 0.5]));
    const seen = Array.from({ length: 100 }, () => evaluate(middle) as number);
    const huge = seen.filter((value) => value >= 1e6).length;
    expect(huge).toBeGreaterThan(5);
    expect(huge).toBeLessThan(30);
    expect(best()).toEqual([25, 50, 100].map(() => outliers.value(middle)));
  });

  test('have another fingerprint when they change', () => {
    const [first, second] = [problem('branin'), problem('hartmann6')];
    expect(fingerprint(first)).toBe(fingerprint({ ...first, name: 'other' }));
    for (const changed of [second, { ...first, noise: 1 }, { ...first, value: () => 1 }])
      expect(fingerprint(changed)).not.toBe(fingerprint(first));
  });
});

test('kept results of other optimizers are those of the problems as they are', () => {
  for (const rival of RIVALS.filter(({ isFast }) => isFast)) {
    const results = resultsOf(rival, null);
    expect(results.version).not.toBe('');
    for (const each of compared) expect(results.run(each, 1000)?.best, each.name).toHaveLength(3);
    // Another version has none of them.
    expect(resultsOf(rival, '0').run(problem('branin'), 1000)).toBeNull();
  }
});

test('a collection takes names of optimizers and of problems, in their order', () => {
  const { rivals, problems } = planOf(['mnist27', 'smac', 'branin']);
  expect(rivals.map(({ name }) => name)).toEqual(['smac']);
  expect(problems.map(({ name }) => name)).toEqual(['mnist27', 'branin']);
  expect(planOf(['ax']).problems).toEqual(compared);
  expect(planOf([]).rivals).toEqual(RIVALS);
  expect(() => planOf(['smack'])).toThrow('smack');
});
