import { describe, expect, test } from 'vitest';
import { curve, nan, prunes } from './decide.js';
import { trialOf } from './support.js';

describe('wilcoxon', () => {
  const folds = (...values: number[]) => [trialOf(0, curve(...values))];
  test('stops what is worse than the best, instance by instance, however the instances differ', async () => {
    const best = folds(1, 10, 100, 3, 7);
    expect(await prunes('wilcoxon', curve(1.1, 10.1, 100.1, 3.1), [best])).toBe(true);
    expect(await prunes('wilcoxon', curve(1.1, 9.9, 100.1, 3.1), [best])).toBe(false);
    expect(await prunes('wilcoxon', curve(1.1, 10.1, 100.1, 3.1), [best], {}, 'maximize')).toBe(false);
    expect(await prunes('wilcoxon', curve(1.1, 10.1, 100.1, 3.1), [best], { startup_steps: 5 })).toBe(false);
  });

  test('a mean that is better outweighs the ranks', async () => {
    expect(
      await prunes('wilcoxon', curve(1.1, 2.1, 3.1, 4.1, -90), [folds(1, 2, 3, 4, 5)], { p_threshold: 0.3 }),
    ).toBe(false);
  });

  test('NaN counts as worst', async () => {
    expect(await prunes('wilcoxon', curve(nan, nan, nan, nan), [folds(1, 2, 3, 4)])).toBe(true);
  });

  test('with repeats compares with the trial of the same seed', async () => {
    const rival = [trialOf(0, curve(1, 1, 1, 1, 1)), trialOf(1, curve(5, 5, 5, 5, 5))];
    const [first, second] = [trialOf(10, curve(3, 3, 3, 3, 3)), trialOf(11, curve(4, 4, 4, 4, 4), 'running')];
    expect(await prunes('wilcoxon', [first, second], [rival])).toBe(false);
    expect(await prunes('wilcoxon', [second], [rival])).toBe(true);
  });
});
