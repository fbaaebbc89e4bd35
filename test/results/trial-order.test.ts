import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Direction } from '../../src/core/trial.js';
import { type ListedTrial, TrialFields } from '../../src/results/trial-fields.js';
import { TopTrials, trialOrder } from '../../src/results/trial-order.js';
import { resultRow } from './rows.js';

const trials = fc.array(
  fc.record({
    state: fc.constantFrom('complete', 'pruned', 'fail'),
    value: fc.constantFrom(Number.NaN, -1, 0, 1, 2, Number.POSITIVE_INFINITY),
    violations: fc.constantFrom([], [-1], [1]),
  }),
  { maxLength: 2500 },
);

const listed = (all: readonly { state: string; value: number; violations: readonly number[] }[]) =>
  all.map(({ value, state, violations }, number) =>
    resultRow({ number, state: state as 'complete', values: [value], violations }),
  ) as unknown as ListedTrial[];

const orderBy = (direction: Direction, reverse: boolean) => {
  const names = { objectives: [{ metric: 'loss', direction }], parameters: [], metrics: [] };
  const field = new TrialFields(names, 0).find('loss');
  if (!field) throw new Error('no objective');
  return trialOrder(field, reverse);
};

test('the first of a list are the first of the whole sorted list, and others are not made into lines for long', () => {
  fc.assert(
    fc.property(
      trials,
      fc.constantFrom<Direction>('minimize', 'maximize'),
      fc.boolean(),
      fc.constantFrom(1, 3, 50, Number.POSITIVE_INFINITY),
      (all, direction, reverse, limit) => {
        const order = orderBy(direction, reverse);
        const top = new TopTrials<number>(order, limit);
        const rows = listed(all);
        for (const row of rows) top.add(row, ({ number }) => number);
        const sorted = rows.map(order.keyOf).sort(order.compare);
        expect(top.lines()).toEqual(sorted.map(({ number }) => number).slice(0, limit));
      },
    ),
    { numRuns: 30 },
  );
});

test('complete trials come first, then those that break a limit, then the others; a missing value comes last', () => {
  const order = orderBy('maximize', false);
  const rows = listed([
    { state: 'pruned', value: 9, violations: [] },
    { state: 'complete', value: 1, violations: [] },
    { state: 'complete', value: 8, violations: [1] },
    { state: 'complete', value: 2, violations: [-1] },
    { state: 'fail', value: Number.NaN, violations: [] },
  ]);
  const sorted = rows.map(order.keyOf).sort(order.compare);
  expect(sorted.map(({ number }) => number)).toEqual([3, 1, 2, 0, 4]);
});
