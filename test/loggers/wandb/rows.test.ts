import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MetricPoint } from '../../../src/executors/executor.js';
import { type HistoryRow, MAX_METRICS, RunRows, rowText } from '../../../src/loggers/wandb/rows.js';
import { readRow } from './fixtures/server.js';

const point = (name: string, step: number | null, value: number): MetricPoint => ({ name, step, value });
const plain = (rows: readonly HistoryRow[]) =>
  rows.map(({ step, metrics }) => [step, Object.fromEntries(metrics)]);

const points = fc.array(
  fc.record({
    name: fc.constantFrom('loss', 'acc', 'size'),
    step: fc.option(fc.nat(6), { nil: null }),
    value: fc.double(),
  }),
  { maxLength: 40 },
);

function rowsOf(batches: readonly (readonly MetricPoint[])[], lastStep: number | null = null) {
  const rows = new RunRows(lastStep);
  const made = batches.flatMap((batch) => rows.note(batch, 0));
  return { rows: plain([...made, ...rows.close()]), summary: Object.fromEntries(rows.metrics()) };
}

test('several metrics of one step make one row, and steps only grow', () => {
  const { rows, summary } = rowsOf([
    [point('loss', 1, 0.5), point('acc', 1, 0.1), point('loss', 2, 0.4)],
    [point('acc', 2, 0.2), point('loss', 1, 9), point('size', null, 7), point('size', 3, 8)],
  ]);
  expect(rows).toEqual([
    [1, { loss: 0.5, acc: 0.1 }],
    [2, { loss: 0.4, acc: 0.2 }],
    [3, { size: 8 }],
  ]);
  // A value of the whole trial outlasts those of steps.
  expect(summary).toEqual({ loss: 9, acc: 0.2, size: 7 });
});

test('the rows do not depend on how the points came', () => {
  fc.assert(
    fc.property(points, fc.array(fc.nat(40)), (all, cuts) => {
      const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)), all.length].sort((a, b) => a - b);
      const batches = at.slice(1).map((to, k) => all.slice(at[k], to));
      expect(rowsOf(batches)).toEqual(rowsOf([all]));
    }),
  );
});

test('told again from the first after a crash, the points make the rows that are missing and no others', () => {
  fc.assert(
    fc.property(points, fc.nat(10), (all, kept) => {
      const whole = rowsOf([all]).rows;
      const written = whole.slice(0, kept);
      const lastStep = (written.at(-1)?.[0] as number | undefined) ?? null;
      expect([...written, ...rowsOf([all], lastStep).rows]).toEqual(whole);
    }),
  );
});

test('every value of a row comes back from its text, whatever it is and whatever its name', () => {
  const name = fc.string({ unit: 'grapheme' }).filter((each) => !each.startsWith('_'));
  fc.assert(
    fc.property(fc.dictionary(name, fc.double(), { noNullPrototype: true }), fc.nat(), (metrics, step) => {
      const row = { step, atMs: 1500, metrics: new Map(Object.entries(metrics)) };
      const read = readRow(rowText(row, 1000));
      expect(read).toEqual({
        // JSON has no negative zero.
        ...Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, value === 0 ? 0 : value])),
        _step: step,
        _runtime: 0.5,
        _timestamp: 1.5,
      });
    }),
  );
});

test('NaN and infinities stand in a row by their names', () => {
  const metrics = new Map([
    ['a', Number.NaN],
    ['b', Number.NEGATIVE_INFINITY],
  ]);
  expect(rowText({ step: 1, atMs: 0, metrics }, 5)).toBe(
    '{"a":NaN,"b":-Infinity,"_step":1,"_runtime":0,"_timestamp":0}',
  );
});

test('a trainer cannot fill the memory with names, nor take names of W&B', () => {
  const rows = new RunRows();
  const all = Array.from({ length: 3 * MAX_METRICS }, (_, k) => point(`m${k}`, 1, k));
  rows.note([...all, point('_step', 1, 99), point('_wandb', 1, 99)], 0);
  const [row] = rows.close();
  expect(row?.metrics.size).toBe(MAX_METRICS);
  expect(rows.metrics().size).toBe(MAX_METRICS);
  expect(rows.overflow).toBe(4 * MAX_METRICS);
  expect(row?.metrics.has('_step')).toBe(false);
});
