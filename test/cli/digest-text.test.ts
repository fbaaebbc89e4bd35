import { expect, test } from 'vitest';
import { failureLines, savingsText, searchText } from '../../src/cli/digest-text.js';
import { type SavingsTrial, savingsOf as savingsIn } from '../../src/results/savings.js';

const trial = (state: string, stepCount: number, stoppedBy: string | null = null) => ({
  state,
  stepCount,
  inheritedSteps: 0,
  durationMs: stepCount * 500,
  spentMs: stepCount * 500,
  stoppedBy,
});

const savingsOf = (trials: readonly SavingsTrial[]) =>
  savingsIn(trials, { scheduler: 'median', maxSteps: null });

test('says what was spent of the full budget, in epochs and time, and what saved the rest', () => {
  const savings = savingsOf([
    trial('complete', 10),
    trial('pruned', 2, 'median'),
    trial('pruned', 4, 'median'),
    trial('pruned', 9, 'hpo stop'),
  ]);
  expect(savingsText(savings)).toBe(
    'saved 38 %: 25 of 40 epochs spent, 12.5 s of about 20.0 s of one slot; median 14 in 2 trials, hpo stop 1 in 1 trial',
  );
  expect(savingsText(savingsOf([trial('complete', 10)]))).toBeNull();
  expect(savingsText(savingsOf([trial('pruned', 10, 'median')]))).toContain(
    'unknown without a complete trial',
  );
  expect(savingsText(savingsOf([trial('complete', 4), trial('pruned', 4)]))).toBe(
    'saved 0 %: 8 of 8 epochs spent, 4.0 s of about 4.0 s of one slot',
  );
  expect(savingsText(savingsOf([trial('complete', 4), trial('paused', 2)]))).toBe(
    'saved 25 %: 6 of 8 epochs spent, 3.0 s of about 4.0 s of one slot',
  );
});

test('says why trials failed, three reasons at most, each on a short line', () => {
  const reasons = ['exit code 1', 'x'.repeat(200), 'c', 'd', 'e'];
  const failures = reasons.map((reason, k) => ({ reason, trials: 9 - k, first: k, numbers: [k] }));
  const lines = failureLines({ failed: 35, failures });
  expect(lines[0]).toBe('35 trials failed:');
  expect(lines[1]).toBe('  9 x exit code 1 (first: trial 0)');
  expect(lines[2]).toHaveLength('  8 x '.length + 100 + ' (first: trial 1)'.length);
  expect(lines.slice(4)).toEqual(['  and 2 more reasons']);
  expect(failureLines({ failed: 0, failures: [] })).toEqual([]);
});

test('names the sampler and the pruner', () => {
  const component = (name: string) => ({ name, options: {} });
  expect(
    searchText({
      sampler: component('tpe'),
      pruner: component('asha'),
      scheduler: component('none'),
    }),
  ).toBe('sampler tpe, pruner asha');
});
