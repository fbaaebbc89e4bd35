import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareGroups } from '../../src/results/comparison.js';

const values = fc.array(fc.constantFrom(-2, 0, 1, 1.5, 7), { minLength: 1, maxLength: 12 });

test('tells which group is better, by how much, and how surely', () => {
  const worse = [5, 6, 7, 8, 9, 10, 11, 12];
  const better = [1, 2, 3, 4, 4.5, 5.5];
  const found = compareGroups(worse, better, 'minimize');
  expect(found.a).toMatchObject({ count: 8, best: 5, median: 8.5, mean: 8.5 });
  expect(found.b).toMatchObject({ count: 6, best: 1, median: 3.5 });
  expect(found.superiority).toBeCloseTo(47 / 48, 12);
  // scipy.stats.mannwhitneyu(worse, better, method='asymptotic') says the same.
  expect(found.pValue).toBeCloseTo(0.003675612, 8);
  expect(found.equalBudget).toEqual({ count: 6, a: 5, b: 1 });
  expect(compareGroups(worse, better, 'maximize').superiority).toBeCloseTo(1 / 48, 12);
});

test('the superiority is the share of pairs in which b is better, ties counting half', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const pairs = a.flatMap((x) => b.map((y): number => (y < x ? 1 : y === x ? 0.5 : 0)));
      const share = pairs.reduce((sum, each) => sum + each, 0) / pairs.length;
      expect(compareGroups(a, b, 'minimize').superiority).toBeCloseTo(share, 12);
    }),
  );
});

test('groups that are exchanged give the same p-value and the opposite superiority', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const [one, other] = [compareGroups(a, b, 'maximize'), compareGroups(b, a, 'maximize')];
      expect(other.pValue).toBeCloseTo(one.pValue as number, 12);
      expect(other.superiority).toBeCloseTo(1 - (one.superiority as number), 12);
      expect(one.pValue).toBeLessThanOrEqual(1);
      expect(one.pValue).toBeGreaterThan(0);
    }),
  );
});

test('an empty group is no ground for a judgment, and equal values are no difference', () => {
  expect(compareGroups([], [1], 'minimize')).toMatchObject({
    a: { count: 0, best: null },
    superiority: null,
    pValue: null,
    equalBudget: null,
  });
  expect(compareGroups([1, 1], [1], 'minimize')).toMatchObject({ superiority: 0.5, pValue: 1 });
  expect(compareGroups([Number.NaN, 3], [2], 'minimize')).toMatchObject({ superiority: 1 });
});
