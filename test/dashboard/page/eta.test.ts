import { expect, test } from 'vitest';
import { TrialColumns } from '../../../src/dashboard/page/store/trial-columns.js';
import { etaOf } from '../../../src/dashboard/page/study/eta.js';
import { syntheticStudy } from './synthetic-study.js';

const { info, columns: answer } = syntheticStudy({ name: 's', trials: 20 });
const columns = new TrialColumns();
columns.apply(answer);
// One begins each second, and is over after nine tenths of it.
const nowMs = columns.timeBaseMs + 20_000;
const limits = { ...info.limits, trials: '30' };
const counts = { ...info.counts, complete: 20, pruned: 0, fail: 0 };

test('the time left is that of the trials that are left, at the pace of the newest', () => {
  expect(etaOf({ ...info, limits, counts }, columns, nowMs)).toBeCloseTo(10 * ((20_000 - 900) / 20));
  expect(etaOf({ ...info, limits: { ...limits, trials: '20' }, counts }, columns, nowMs)).toBeNull();
});

test('paused trials are begun: only those that are not count', () => {
  const paused = { ...counts, complete: 4, paused: 14, running: 2 };
  expect(etaOf({ ...info, limits, counts: paused }, columns, nowMs)).toBeCloseTo(10_000);
});
