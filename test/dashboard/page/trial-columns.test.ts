import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnSet } from '../../../src/dashboard/columns.js';
import { packCurves, type TrialCurve } from '../../../src/dashboard/curve-codec.js';
import { mergeCurves, readCurves } from '../../../src/dashboard/page/store/curves.js';
import { TrialColumns } from '../../../src/dashboard/page/store/trial-columns.js';
import type { ColumnsHeader } from '../../../src/dashboard/protocol.js';

type Row = { readonly state: number; readonly value: number; readonly choice: number };
const HEADER = { study: 's', revision: 1, full: true, total: 0, timeBaseMs: 0 };

function answer(rows: ReadonlyMap<number, Row>, header: Partial<ColumnsHeader>): ColumnSet<ColumnsHeader> {
  const list = [...rows.values()];
  const columns: ColumnSet<ColumnsHeader>['columns'] = [
    { name: 'state', values: Uint8Array.from(list, ({ state }) => state), dictionary: null },
    { name: 'value:0', values: Float64Array.from(list, ({ value }) => value), dictionary: null },
    { name: 'param:a', values: Uint16Array.from(list, ({ choice }) => choice), dictionary: ['x', 'y'] },
  ];
  const trial = { name: 'trial', values: Int32Array.from(rows.keys()), dictionary: null };
  const merged = { ...HEADER, ...header };
  return { header: merged, columns: merged.full ? columns : [trial, ...columns] };
}

function contents(columns: TrialColumns): unknown {
  return Array.from({ length: columns.total }, (_, trial) =>
    ['state', 'value:0', 'param:a'].map((name) => columns.values(name)[trial]),
  );
}

describe('columns of trials', () => {
  test('are after any changes what a full answer would have brought', () => {
    const row = fc.record({
      state: fc.integer({ min: 1, max: 6 }),
      value: fc.oneof(fc.double(), fc.constant(Number.NaN)),
      choice: fc.integer({ min: 0, max: 2 }),
    });
    const change = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), row), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), fc.array(change, { maxLength: 6 }), (first, changes) => {
        const truth = new Map(first.map((each, trial) => [trial, each]));
        const merged = new TrialColumns();
        merged.apply(answer(truth, { total: truth.size }));
        for (const [k, rows] of changes.entries()) {
          const newer = new Map<number, Row>();
          for (const [place, each] of rows) {
            // Existing trials change, and new ones come without a gap.
            const trial = place < truth.size ? place : truth.size;
            truth.set(trial, each);
            newer.set(trial, each);
          }
          expect(merged.apply(answer(newer, { full: false, total: truth.size, revision: k + 2 }))).toBe(true);
        }
        const whole = new TrialColumns();
        whole.apply(answer(truth, { total: truth.size }));
        expect(contents(merged)).toEqual(contents(whole));
      }),
    );
  });

  test('ask for everything when a column changed its kind', () => {
    const columns = new TrialColumns();
    const row = { state: 4, value: 1, choice: 1 };
    columns.apply(answer(new Map([[0, row]]), { total: 1 }));
    const changed = answer(new Map([[1, row]]), { full: false, total: 2 });
    const other = changed.columns.map((column) =>
      column.name === 'param:a' ? { ...column, values: Float32Array.of(1), dictionary: null } : column,
    );
    expect(columns.apply({ ...changed, columns: other })).toBe(false);
  });
});

describe('curves', () => {
  const header = { study: 's', metric: 'loss', revision: 1, full: true, curveCount: 2 };
  const read = (...list: TrialCurve[]) => readCurves(packCurves(header, list));

  test('keep steps and values, and the newest curve of each trial', () => {
    const earlier = read(
      { trial: 0, steps: [1, 2], values: [1, 0.5] },
      { trial: 3, steps: [10, 20, 40], values: [3, 2, 1] },
    );
    const merged = mergeCurves(earlier, read({ trial: 0, steps: [1, 2, 3], values: [1, 0.5, 0.25] }));
    expect([...merged.trials].sort()).toEqual([0, 3]);
    const at = merged.curveOf[0] as number;
    const [from, to] = [merged.offsets[at] as number, merged.offsets[at + 1] as number];
    expect([...merged.steps.subarray(from, to)]).toEqual([1, 2, 3]);
    expect(merged.values[to - 1]).toBeCloseTo(0.25, 3);
    const other = merged.curveOf[3] as number;
    expect([...merged.steps.subarray(merged.offsets[other], merged.offsets[other + 1])]).toEqual([
      10, 20, 40,
    ]);
  });
});
