import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetricRows, parseRow } from '../../../src/loggers/mlflow/rows.js';
import type { JournalRow } from '../../../src/loggers/runs/journal.js';

type Point = { readonly name: string; readonly step: number | null; readonly value: number };

const pointsIn = (rows: readonly JournalRow[]) =>
  rows.flatMap(({ step, row }) =>
    parseRow(row)[1].map(([name, value]) => ({ name, step, value: Number(value) })),
  );
const key = ({ name, step }: Point) => `${name} ${step}`;
const points = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    step: fc.option(fc.integer({ min: -2, max: 6 })),
    value: fc.constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  }),
  { maxLength: 30 },
);

test('each step of each metric is there once, in whatever order and batches the points come', () => {
  fc.assert(
    fc.property(points, fc.integer({ min: 1, max: 5 }), (all, size) => {
      const rows = new MetricRows();
      const made: JournalRow[] = [];
      for (let k = 0; k < all.length; k += size) made.push(...rows.note(all.slice(k, k + size), k));
      made.push(...rows.close(99));
      const stepped = all.filter(({ step }) => step !== null);
      expect(new Set(pointsIn(made).map(key))).toEqual(
        new Set(
          [
            ...stepped,
            ...all.filter(({ step }) => step === null).map(({ name }) => ({ name, ...lastOf(all) })),
          ].map(key),
        ),
      );
    }),
  );
});

/** Where a final value stands. */
function lastOf(all: readonly Point[]): Pick<Point, 'step' | 'value'> {
  const steps = all.flatMap(({ step }) => step ?? []);
  return { step: steps.length === 0 ? 0 : Math.max(...steps), value: 0 };
}

test('after a crash at any row, the same points make the rows that are missing', () => {
  fc.assert(
    fc.property(points, fc.nat({ max: 30 }), (all, cut) => {
      const whole = new MetricRows();
      const made = [...whole.note(all, 1), ...whole.close(2)];
      const left = made.slice(0, cut);
      const again = new MetricRows(left);
      const rest = [...again.note(all, 3), ...again.close(4)];
      expect(pointsIn([...left, ...rest])).toEqual(pointsIn(made));
    }),
  );
});

test('of a value that is reported again before its row is closed, the newest counts', () => {
  const rows = new MetricRows();
  const loss = (step: number | null, value: number) => ({ name: 'loss', step, value });
  rows.note([loss(1, 3)], 0);
  const made = [...rows.note([loss(1, 2), loss(2, 1), loss(1, 9)], 0), ...rows.close(0)];
  expect(pointsIn(made)).toEqual([loss(1, 2), loss(2, 1)]);
});

test('a final value is a point at the last step, unless it stands there', () => {
  const rows = new MetricRows();
  rows.note(
    [
      { name: 'loss', step: 4, value: 1 },
      { name: 'loss', step: null, value: 1 },
      { name: 'best', step: null, value: 0.5 },
    ],
    0,
  );
  expect(pointsIn(rows.close(0)).map((point) => [point.name, point.step, point.value])).toEqual([
    ['loss', 4, 1],
    ['best', 4, 0.5],
  ]);
});

test('many names and many points are bounded', () => {
  const rows = new MetricRows();
  rows.note(
    Array.from({ length: 10_005 }, (_, k) => ({ name: `m${k}`, step: 1, value: k })),
    0,
  );
  expect(rows.overflow).toBe(5);
  const long = new MetricRows();
  const made = long.note(
    Array.from({ length: 100_100 }, (_, k) => ({ name: 'm', step: k, value: k })),
    0,
  );
  expect([...made, ...long.close(0)]).toHaveLength(100_100);
  expect(long.note([{ name: 'm', step: 5, value: 5 }], 0)).toEqual([]);
  expect(long.close(0)).toEqual([]);
});
