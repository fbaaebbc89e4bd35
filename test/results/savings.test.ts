import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SavingsContext, type SavingsTrial, savingsOf as savings } from '../../src/results/savings.js';

const trial = (state: string, stepCount: number, more: Partial<SavingsTrial> = {}): SavingsTrial => ({
  state,
  stepCount,
  inheritedSteps: 0,
  durationMs: null,
  spentMs: more.durationMs ?? 0,
  stoppedBy: null,
  ...more,
});

const savingsOf = (trials: readonly SavingsTrial[], more: Partial<SavingsContext> = {}) =>
  savings(trials, { scheduler: 'median', maxSteps: null, ...more });

test('each pruned trial is held against the most steps of a complete one', () => {
  const trials = [
    trial('complete', 10),
    trial('complete', 12),
    trial('complete', 10),
    trial('pruned', 2),
    trial('pruned', 4),
    trial('fail', 2),
  ];
  expect(savingsOf(trials)).toEqual({
    scheduler: 'median',
    steps: { spent: 40, full: 58 },
    hours: { spent: 0, full: null },
    trainedSteps: 40,
    prunedTrials: 2,
    prunedSteps: 6,
    fullSteps: 12,
    savedSteps: 18,
    savedShare: 18 / 58,
    savedMs: null,
    by: [],
  });
});

test('a trial pruned at its very last step saved nothing, and never less', () => {
  expect(savingsOf([trial('complete', 4), trial('pruned', 4), trial('pruned', 9)])).toMatchObject({
    fullSteps: 4,
    savedSteps: 0,
    savedShare: 0,
  });
});

test('without a complete trial nobody knows what was saved', () => {
  expect(savingsOf([trial('pruned', 2, { durationMs: 10, stoppedBy: 'median' })])).toMatchObject({
    prunedSteps: 2,
    fullSteps: null,
    savedSteps: null,
    savedShare: null,
    savedMs: null,
    by: [{ stoppedBy: 'median', trials: 1, savedSteps: null, savedMs: null }],
  });
  expect(savingsOf([])).toMatchObject({ trainedSteps: 0, savedSteps: null });
});

test('the time is that of the saved steps at the speed of each trial, else at the mean speed', () => {
  const trials = [
    trial('complete', 10, { durationMs: 1000 }),
    // 5 ms a step.
    trial('pruned', 2, { durationMs: 10 }),
    trial('pruned', 0, { durationMs: 7 }),
  ];
  const meanMs = 1010 / 12;
  expect(savingsOf(trials).savedMs).toBeCloseTo(8 * 5 + 10 * meanMs);
  // A failed trial may have hung: its time tells nothing of a step.
  expect(savingsOf([...trials, trial('fail', 1, { durationMs: 1e9 })]).savedMs).toBeCloseTo(40 + 10 * meanMs);
});

test('what a trial needs before its first step is no part of its speed', () => {
  // 300 ms to start, and 10 ms a step.
  const trials = [
    trial('complete', 10, { durationMs: 400 }),
    trial('pruned', 1, { durationMs: 310 }),
    trial('pruned', 2, { durationMs: 320 }),
    trial('pruned', 0, { durationMs: 300 }),
  ];
  expect(savingsOf(trials).savedMs).toBeCloseTo(10 * (9 + 8 + 10));
  // Trials of one length do not tell.
  expect(
    savingsOf([trial('complete', 2, { durationMs: 20 }), trial('pruned', 2, { durationMs: 40 })]).savedMs,
  ).toBe(0);
});

test('savings are separated by what stopped the trials, the largest first', () => {
  const { by } = savingsOf([
    trial('complete', 10, { durationMs: 100 }),
    trial('pruned', 9, { stoppedBy: 'hpo stop' }),
    trial('pruned', 2, { stoppedBy: 'median' }),
    trial('pruned', 3, { stoppedBy: 'median' }),
    trial('pruned', 1),
  ]);
  expect(by).toEqual([
    { stoppedBy: 'median', trials: 2, savedSteps: 15, savedMs: 150 },
    { stoppedBy: 'hpo stop', trials: 1, savedSteps: 1, savedMs: 10 },
  ]);
});

test('what a trial has of its parent counts to its length, and was not saved', () => {
  const trials = [
    trial('complete', 3, { inheritedSteps: 6 }),
    trial('complete', 6, { inheritedSteps: 3 }),
    trial('pruned', 3),
    trial('pruned', 3, { inheritedSteps: 3 }),
  ];
  expect(savingsOf(trials)).toMatchObject({
    fullSteps: 9,
    savedSteps: 6 + 3,
    steps: { spent: 15, full: 24 },
  });
});

test('any trials: nothing is negative, and the parts add up to the whole', () => {
  const any = fc.record({
    state: fc.constantFrom('complete', 'pruned', 'paused', 'fail', 'running'),
    stepCount: fc.nat(50),
    inheritedSteps: fc.nat(20),
    durationMs: fc.option(fc.nat(1000)),
    spentMs: fc.nat(1000),
    stoppedBy: fc.constantFrom('median', 'hpo stop'),
  });
  fc.assert(
    fc.property(fc.array(any), (trials) => {
      const { savedSteps, savedMs, savedShare, by, fullSteps, steps, hours } = savingsOf(trials);
      for (const { spent, full } of [steps, hours]) expect(full ?? spent).toBeGreaterThanOrEqual(spent);
      expect(steps.spent).toBe(trials.reduce((sum, { stepCount }) => sum + stepCount, 0));
      const expected = trials
        .filter(({ state }) => state === 'pruned')
        .map(({ stepCount, inheritedSteps }) => Math.max(0, (fullSteps ?? 0) - inheritedSteps - stepCount));
      expect(savedSteps ?? 0).toBe(expected.reduce((sum, each) => sum + each, 0));
      expect(savedShare ?? 0).toBeGreaterThanOrEqual(0);
      expect(savedShare ?? 0).toBeLessThanOrEqual(1);
      expect(by.reduce((sum, each) => sum + (each.savedSteps ?? 0), 0)).toBe(savedSteps ?? 0);
      expect(by.reduce((sum, each) => sum + (each.savedMs ?? 0), 0)).toBeCloseTo(savedMs ?? 0);
    }),
  );
});

test('what was spent is held against full trials of all that were paused or pruned, in steps and in hours', () => {
  const hour = 3_600_000;
  const trials = [
    // An hour for three steps; a crash before it was spent for nothing.
    trial('complete', 9, { durationMs: 3 * hour, spentMs: 4 * hour }),
    trial('pruned', 3, { durationMs: hour }),
    trial('paused', 1, { durationMs: hour / 3 }),
    trial('fail', 2, { durationMs: hour }),
    trial('running', 4, { spentMs: 0 }),
  ];
  const { scheduler, steps, hours } = savingsOf(trials, { scheduler: 'asha' });
  expect({ scheduler, steps }).toEqual({ scheduler: 'asha', steps: { spent: 19, full: 19 + 6 + 8 } });
  expect(hours.spent).toBeCloseTo(4 + 1 + 1 / 3 + 1);
  expect(hours.full).toBeCloseTo(hours.spent + 6 / 3 + 8 / 3);
});

test('before a trial is complete, max_steps says how long a full trial is', () => {
  const trials = [trial('paused', 3), trial('pruned', 1)];
  expect(savingsOf(trials).steps).toEqual({ spent: 4, full: null });
  expect(savingsOf(trials, { maxSteps: 9 }).steps).toEqual({ spent: 4, full: 18 });
  // Where nothing was cut short, nothing has to be known.
  expect(savingsOf([trial('running', 3)]).steps).toEqual({ spent: 3, full: 3 });
});
