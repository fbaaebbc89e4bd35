import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packCurves } from '../../../src/dashboard/curve-codec.js';
import { readCurves } from '../../../src/dashboard/page/store/curves.js';
import { fieldsOf } from '../../../src/dashboard/page/store/fields.js';
import { type Filters, fromQuery, NO_FILTERS, toQuery } from '../../../src/dashboard/page/store/filters.js';
import { selectionOf } from '../../../src/dashboard/page/store/mask.js';
import { outlierMarks } from '../../../src/dashboard/page/store/outliers.js';
import { bestFirst, meansOf } from '../../../src/dashboard/page/store/ranking.js';
import { TrialColumns } from '../../../src/dashboard/page/store/trial-columns.js';
import { parseWhere } from '../../../src/dashboard/page/store/where.js';
import { syntheticStudy } from './synthetic-study.js';

const TRIALS = 60;

function selected(changes: Partial<Filters>): number[] {
  const study = syntheticStudy({ name: 's', trials: TRIALS });
  const columns = new TrialColumns();
  columns.apply(study.columns);
  const selection = selectionOf({
    columns,
    fields: new Map(fieldsOf(study.info, columns).map((field) => [field.key, field])),
    curves: readCurves(packCurves(study.curves.header, study.curves.list)),
    best: bestFirst(columns, meansOf(columns, 1), study.info),
    filters: { ...NO_FILTERS, ...changes },
    showHidden: false,
  });
  const trials = [...selection.mask.keys()].filter((trial) => selection.mask[trial]);
  expect(selection.count).toBe(trials.length);
  return trials;
}

const all = Array.from({ length: TRIALS }, (_, trial) => trial);
const momentum = { key: 'param:momentum', low: 0, high: 1 };

test('outliers are those that `hpo trials` marks, and a condition finds them', () => {
  const study = syntheticStudy({ name: 's', trials: TRIALS });
  const values = study.columns.columns.find(({ name }) => name === 'value:0')?.values as Float64Array;
  for (const trial of [3, 41]) values[trial] = 1e6;
  // Of a trial that was pruned nobody knows what it would have come to.
  values[4] = 1e6;
  const columns = new TrialColumns();
  columns.apply(study.columns);
  const fields = new Map(fieldsOf(study.info, columns).map((field) => [field.key, field]));
  const marks = outlierMarks(columns, fields.values());
  expect(all.filter((trial) => marks[trial] === 1)).toEqual([3, 41]);
  const isFound = parseWhere('outlier == true and trial > 3', fields, columns);
  expect(all.filter(isFound)).toEqual([41]);
});

describe('the selection', () => {
  test('is every trial without filters', () => {
    expect(selected({})).toEqual(all);
  });

  test('takes trials without a parameter with its own place on the axis, and never drops them otherwise', () => {
    const sgd = all.filter((trial) => trial % 3 === 1);
    expect(selected({ ranges: [{ ...momentum, missing: false }] })).toEqual(sgd);
    expect(selected({ ranges: [{ ...momentum, missing: true }] })).toEqual(all);
    expect(selected({ ranges: [{ ...momentum, low: 1, high: 0, missing: true }] })).toEqual(
      all.filter((trial) => trial % 3 !== 1),
    );
  });

  test('needs every part to hold', () => {
    const states = ['PRUNED'];
    const ranges = [{ ...momentum, missing: false }];
    expect(selected({ states, ranges })).toEqual(
      all.filter((trial) => trial % 3 === 1 && trial % 5 === 4 && trial % 11 !== 10),
    );
  });

  test('takes the best of what the other parts leave', () => {
    const best = selected({ top: 5 });
    expect(best).toHaveLength(5);
    const rest = selected({ top: 5, text: 'optimizer = sgd' });
    expect(rest).toHaveLength(5);
    expect(rest.every((trial) => trial % 3 === 1)).toBe(true);
  });

  test('takes the curves that pass through a box', () => {
    const long = selected({ curve: { firstStep: 4.5, lastStep: 5.5, low: 0, high: 100 } });
    expect(long).toEqual(all.filter((trial) => trial % 5 !== 4 && trial % 11 !== 10));
  });

  test.each([
    ['optimizer = sgd', (trial: number) => trial % 3 === 1],
    ['optimizer == "sgd"', (trial: number) => trial % 3 === 1],
    ['state = fail', (trial: number) => trial % 11 === 10],
    ['state == "FAIL" or number == 17', (trial: number) => trial % 11 === 10 || trial === 17],
    ['trial >= 50 and not optimizer != adam', (trial: number) => trial >= 50 && trial % 3 === 0],
    ['momentum == null && trial.trial < 9', (trial: number) => trial < 9 && trial % 3 !== 1],
    ['lr == 0.0001', (trial: number) => (trial * 37) % 101 === 0],
    [
      'epochs < 3 and param.optimizer != adam',
      (trial: number) => (trial % 5 === 4 || trial % 11 === 10) && trial % 3 > 0,
    ],
    ['lr < ', () => true],
    ['lr = nonsense', () => true],
  ])('understands %s', (text, expected) => {
    expect(selected({ text })).toEqual(all.filter(expected));
  });

  test('survives the way through an address, whatever names and bounds it has', () => {
    const number = fc.double({ noNaN: true }).map((value) => Number(value.toPrecision(6)));
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    const filters = fc.record({
      ranges: fc.uniqueArray(fc.record({ key: name, low: number, high: number, missing: fc.boolean() }), {
        selector: ({ key }) => key,
        maxLength: 4,
      }),
      curve: fc.option(fc.record({ firstStep: number, lastStep: number, low: number, high: number })),
      states: fc.option(fc.subarray(['COMPLETE', 'PRUNED', 'FAIL'], { minLength: 1 })),
      text: name.filter((text) => text.trim() !== ''),
      top: fc.option(fc.integer({ min: 1, max: 1000 })),
    });
    fc.assert(
      fc.property(filters, (before) => {
        const query = toQuery(before, new URLSearchParams('other=1'));
        const read = new URLSearchParams(query);
        expect(read.get('other')).toBe('1');
        expect(fromQuery(read)).toEqual(before);
      }),
    );
  });
});

describe('the best trials', () => {
  const columnsOf = (rows: readonly [configuration: number, value: number, feasible: number][]) => {
    const columns = new TrialColumns();
    const numbers = (name: string, values: Float64Array | Int32Array | Uint8Array) => ({
      name,
      values,
      dictionary: null,
    });
    columns.apply({
      header: { study: 's', revision: 1, full: true, total: rows.length, timeBaseMs: 0 },
      columns: [
        numbers(
          'state',
          Uint8Array.from(rows, () => 4),
        ),
        numbers(
          'configuration',
          Int32Array.from(rows, ([configuration]) => configuration),
        ),
        numbers(
          'value:0',
          Float64Array.from(rows, ([, value]) => value),
        ),
        numbers(
          'feasible',
          Uint8Array.from(rows, ([, , feasible]) => feasible),
        ),
      ],
    });
    return columns;
  };

  test('are those of the ranking: limits kept, then all repeats there, then the mean', () => {
    const columns = columnsOf([
      [0, 0.1, 1],
      [1, 0.5, 1],
      [1, 0.7, 1],
      [2, 0.2, 2],
      [2, 0.2, 2],
      [3, 0.4, 1],
      [3, 0.2, 1],
    ]);
    const objectives = [{ metric: 'loss', direction: 'minimize' as const }];
    const best = bestFirst(columns, meansOf(columns, 2), { objectives, bestTrials: [] });
    expect([...best]).toEqual([5, 6, 1, 2, 0, 3, 4]);
  });
});
