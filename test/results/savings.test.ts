import { expect, test } from 'vitest';
import { savingsOf } from '../../src/results/savings.js';

const trial = (state: string, stepCount: number) => ({ state, stepCount });

test('pruned trials are held against the median of the complete ones', () => {
  const trials = [
    trial('complete', 10),
    trial('complete', 12),
    trial('complete', 10),
    trial('pruned', 2),
    trial('pruned', 4),
    trial('fail', 2),
  ];
  expect(savingsOf(trials)).toEqual({
    trainedSteps: 40,
    prunedTrials: 2,
    prunedSteps: 6,
    fullSteps: 10,
    savedSteps: 14,
    savedShare: 14 / 54,
  });
});

test('a pruned trial that trained longer than the median saved nothing', () => {
  expect(savingsOf([trial('complete', 3), trial('complete', 4), trial('pruned', 9)])).toMatchObject({
    fullSteps: 3.5,
    savedSteps: 0,
    savedShare: 0,
  });
});

test('without a complete trial nobody knows what was saved', () => {
  expect(savingsOf([trial('pruned', 2)])).toMatchObject({
    prunedSteps: 2,
    fullSteps: null,
    savedSteps: null,
    savedShare: null,
  });
  expect(savingsOf([])).toMatchObject({ trainedSteps: 0, savedSteps: null });
});
