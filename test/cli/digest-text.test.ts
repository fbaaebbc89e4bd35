import { expect, test } from 'vitest';
import { failureLines, savingsText, searchText } from '../../src/cli/digest-text.js';
import { savingsOf } from '../../src/results/savings.js';

const trial = (state: string, stepCount: number, stoppedBy: string | null = null) => ({
  state,
  stepCount,
  durationMs: stepCount * 500,
  stoppedBy,
});

test('says what pruning saved in epochs, as a share, in time, and by what', () => {
  const savings = savingsOf([
    trial('complete', 10),
    trial('pruned', 2, 'median'),
    trial('pruned', 4, 'median'),
    trial('pruned', 9, 'hpo stop'),
  ]);
  expect(savingsText(savings)).toBe(
    'pruning saved 15 epochs (38 %), about 7.5 s of one slot: median 14 in 2 trials, hpo stop 1 in 1 trial',
  );
  expect(savingsText(savingsOf([trial('complete', 10)]))).toBeNull();
  expect(savingsText(savingsOf([trial('pruned', 10, 'median')]))).toContain(
    'unknown without a complete trial',
  );
  expect(savingsText(savingsOf([trial('complete', 4), trial('pruned', 4)]))).toBe(
    'pruning saved 0 epochs (0 %), about 0 ms of one slot: 1 trial',
  );
});

test('says why trials failed, three reasons at most, each on a short line', () => {
  const reasons = ['exit code 1', 'x'.repeat(200), 'c', 'd', 'e'];
  const failures = reasons.map((reason, k) => ({ reason, trials: 9 - k, first: k }));
  const lines = failureLines({ failed: 35, failures });
  expect(lines[0]).toBe('35 trials failed:');
  expect(lines[1]).toBe('  9 x exit code 1 (first: trial 0)');
  expect(lines[2]).toHaveLength('  8 x '.length + 100 + ' (first: trial 1)'.length);
  expect(lines.slice(4)).toEqual(['  and 2 more reasons']);
  expect(failureLines({ failed: 0, failures: [] })).toEqual([]);
});

test('names the sampler and the pruner', () => {
  const component = (name: string) => ({ name, options: {} });
  expect(searchText({ sampler: component('tpe'), pruner: component('asha') })).toBe(
    'sampler tpe, pruner asha',
  );
});
