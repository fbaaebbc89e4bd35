import { expect, test } from 'vitest';
import { makeSpace } from '../../src/core/space.js';
import { digestOf as digestOfTable } from '../../src/results/study-digest.js';
import { type ResultRow, TrialTable } from '../../src/results/trial-table.js';
import { resultRow } from './rows.js';

const row = (number: number, more: Partial<ResultRow> = {}): ResultRow =>
  resultRow({
    number,
    epochs: 10,
    startedAtMs: 1000 * number,
    finishedAtMs: 1000 * number + 100,
    ranMs: 100,
    ...more,
  });

const component = (name: string) => ({ name, options: {} });

const digestOf = (pruner: string, ...rows: readonly ResultRow[]) => {
  const objectives = [{ metric: 'loss', direction: 'minimize', reduce: 'last' }] as const;
  const table = new TrialTable({ space: makeSpace([]), spec: { objectives, repeats: 1 } });
  table.apply(rows);
  return digestOfTable(table, {
    pruner: component(pruner),
    scheduler: component('none'),
    maxSteps: null,
  });
};

test('says what the pruner saved, and what hpo stop did', () => {
  const { savings } = digestOf(
    'median',
    row(0),
    row(1, { state: 'pruned', epochs: 4, finishedAtMs: 1040, ranMs: 40, cause: 'pruned' }),
    row(2, { state: 'pruned', epochs: 9, finishedAtMs: null, cause: 'stopped' }),
    // Another program pruned it.
    row(3, { state: 'pruned', epochs: 10, cause: null }),
  );
  expect(savings).toMatchObject({ fullSteps: 10, savedSteps: 7, savedMs: 70 });
  expect(savings.by).toEqual([
    { stoppedBy: 'median', trials: 1, savedSteps: 6, savedMs: 60 },
    { stoppedBy: 'hpo stop', trials: 1, savedSteps: 1, savedMs: 10 },
  ]);
});

test('without a pruner the trial itself ended early', () => {
  const { savings } = digestOf('none', row(0), row(1, { state: 'pruned', epochs: 1, cause: 'pruned' }));
  expect(savings.by).toMatchObject([{ stoppedBy: 'the trial itself', trials: 1 }]);
});

test('counts the reasons of failures by their first line, the most frequent first', () => {
  const fail = (number: number, reason: string | null) =>
    row(number, { state: 'fail', reason, cause: 'failed' });
  const digest = digestOf(
    'none',
    fail(0, 'exit code 2'),
    fail(1, 'killed\nmore'),
    fail(2, 'killed'),
    fail(3, null),
  );
  expect(digest.failed).toBe(4);
  expect(digest.failures).toEqual([
    { reason: 'killed', trials: 2, first: 1, numbers: [1, 2] },
    { reason: 'exit code 2', trials: 1, first: 0, numbers: [0] },
    { reason: 'no reason is stored', trials: 1, first: 3, numbers: [3] },
  ]);
});

test('errors that differ in numbers alone are one reason; exit codes that differ are not', () => {
  const fail = (number: number, reason: string) => row(number, { state: 'fail', reason, cause: 'failed' });
  const { failures } = digestOf(
    'none',
    fail(0, 'exit code 1: ValueError: nan in step 3'),
    fail(1, 'exit code 2: ValueError: nan in step 3'),
    fail(2, 'exit code 1: ValueError: nan in step 17'),
  );
  expect(failures).toEqual([
    { reason: 'exit code 1: ValueError: nan in step 3', trials: 2, first: 0, numbers: [0, 2] },
    { reason: 'exit code 2: ValueError: nan in step 3', trials: 1, first: 1, numbers: [1] },
  ]);
});

test('counts complete trials that break a limit', () => {
  expect(
    digestOf('none', row(0, { violations: [-1, 0.5] }), row(1, { violations: [-1] }), row(2)).infeasible,
  ).toBe(1);
});

test('the last activity is the newest start or end', () => {
  expect(digestOf('none').lastActivityAtMs).toBeNull();
  expect(digestOf('none', row(5, { finishedAtMs: null }), row(2)).lastActivityAtMs).toBe(5000);
});

test('every trial of a long study counts', () => {
  const all = Array.from({ length: 2001 }, (_, number) => row(number, { state: 'pruned', epochs: 1 }));
  expect(digestOf('median', ...all).savings.prunedTrials).toBe(2001);
});
