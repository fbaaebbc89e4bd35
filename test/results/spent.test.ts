import { expect, test } from 'vitest';
import { makeSpace } from '../../src/core/space.js';
import { spentIn } from '../../src/results/spent.js';
import { TrialTable } from '../../src/results/trial-table.js';
import { resultRow } from './rows.js';

const HOUR = 3_600_000;

test('steps, hours of all attempts and the last values of a metric add up over the trials', () => {
  const objectives = [{ metric: 'loss', direction: 'minimize', reduce: 'last' }] as const;
  const table = new TrialTable({ space: makeSpace([]), spec: { objectives, repeats: 1 } });
  table.apply([
    resultRow({ number: 0, epochs: 9, spentMs: 2 * HOUR, metrics: { cost: 3 } }),
    resultRow({ number: 2, epochs: 4, spentMs: HOUR, metrics: { cost: Number.NaN }, state: 'fail' }),
    // One that was paused before, and runs since half an hour.
    resultRow({
      number: 3,
      state: 'running',
      epochs: 3,
      spentMs: HOUR,
      startedAtMs: 10 * HOUR,
      finishedAtMs: null,
      metrics: { cost: 0.5, loss: 7 },
    }),
    resultRow({ number: 4, state: 'running', pausedAt: 1, epochs: 1, spentMs: HOUR, finishedAtMs: null }),
  ]);
  const nowMs = 10.5 * HOUR;
  expect(spentIn(table, { metric: 'cost', nowMs })).toEqual({ steps: 17, hours: 5.5, metric: 3.5 });
  expect(spentIn(table, { metric: 'unknown', nowMs })).toMatchObject({ metric: 0 });
  expect(spentIn(table, { metric: null, nowMs })).toMatchObject({ metric: 0 });
});
