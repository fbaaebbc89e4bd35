import { expect, test } from 'vitest';
import { savingsWords } from '../../../../src/dashboard/server/data/savings-text.js';

const words = (spent: number, full: number | null, prunedTrials: number) =>
  savingsWords({ steps: { spent, full }, prunedTrials });

test('savings are epochs spent of those of full trials, paused trials included, and the pruned ones', () => {
  expect(words(25, 40, 3)).toBe('25 of 40 epochs spent, 38% saved; 3 pruned trials');
  // Some are paused, and none was pruned.
  expect(words(30, 40, 0)).toBe('30 of 40 epochs spent, 25% saved');
});

test('without a full trial to compare with only the pruned ones are known, and nothing is said where all are full', () => {
  expect(words(25, null, 1)).toBe('1 pruned trial');
  expect(words(25, null, 0)).toBeNull();
  expect(words(40, 40, 0)).toBeNull();
});
