import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConfigView } from '../../src/core/study-view.js';
import { changedRows, noteChangedRows } from '../../src/core/view-changes.js';
import { config } from '../samplers/support.js';

type Configs = readonly ConfigView[];

/** Lists of which each differs from the one before in some rows, as a study makes them; `noted`: whether it says so. */
const steps = fc.array(
  fc.record({
    touched: fc.array(fc.nat({ max: 30 }), { maxLength: 4 }),
    added: fc.nat({ max: 3 }),
    noted: fc.boolean(),
  }),
  { maxLength: 8 },
);

const differing = (before: Configs, after: Configs) =>
  after.flatMap((each, row) => (before[row] === each ? [] : row));

test('rows that differ are the same with and without notes, between any two lists', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const lists: Configs[] = [[]];
      for (const { touched, added, noted } of all) {
        const before = lists.at(-1) as Configs;
        const after = [...before, ...Array.from({ length: added }, (_, k) => config(k, { x: k }))];
        for (const row of touched) if (row < before.length) after[row] = { ...(after[row] as ConfigView) };
        if (noted) noteChangedRows(before, after, differing(before, after));
        lists.push(after);
      }
      for (const before of lists)
        for (const after of lists) expect(changedRows(before, after)).toEqual(differing(before, after));
    }),
  );
});
