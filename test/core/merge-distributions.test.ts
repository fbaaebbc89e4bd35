import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  categorical,
  contains,
  type Distribution,
  float,
  int,
  valueAt,
} from '../../src/core/distribution.js';
import { mergeRanges } from '../../src/core/merge-distributions.js';
import { smallDistributions } from './arbitraries.js';

test('of one distribution it is the distribution', () => {
  const all: Distribution[] = [
    float(0, 1),
    float(1e-5, 1, { log: true }),
    float(0, 1, { step: 0.1 }),
    int(2, 9),
    int(0, 10, { step: 5 }),
    int(1, 64, { log: true }),
    categorical(['a', null, 1]),
  ];
  for (const d of all) {
    expect(mergeRanges([d])).toEqual(d);
    expect(mergeRanges([d, d])).toEqual(d);
  }
});

test('has room for every range, and keeps a lattice that all of them have', () => {
  expect(mergeRanges([float(0, 1), float(-1, 0.5)])).toEqual(float(-1, 1));
  expect(mergeRanges([int(0, 3), int(2, 9)])).toEqual(int(0, 9));
  expect(mergeRanges([int(0, 4, { step: 2 }), int(6, 8, { step: 2 })])).toEqual(int(0, 8, { step: 2 }));
  expect(mergeRanges([int(0, 4, { step: 2 }), int(1, 7, { step: 2 })])).toEqual(int(0, 7));
  expect(mergeRanges([int(0, 4, { step: 2 }), int(0, 9, { step: 3 })])).toEqual(int(0, 9));
  expect(mergeRanges([float(0, 1, { step: 0.25 }), float(0.5, 2, { step: 0.25 })])).toEqual(
    float(0, 2, { step: 0.25 }),
  );
  expect(mergeRanges([float(0, 1, { step: 0.25 }), float(0, 2)])).toEqual(float(0, 2));
});

test('what differs in kind, scale or choices has none, nor has what cannot be searched', () => {
  expect(mergeRanges([])).toBeNull();
  expect(mergeRanges([float(1, 2), int(1, 2)])).toBeNull();
  expect(mergeRanges([float(1, 2), categorical([1, 2])])).toBeNull();
  expect(mergeRanges([float(1, 2), float(1, 2, { log: true })])).toBeNull();
  expect(mergeRanges([categorical(['a', 'b']), categorical(['b', 'a'])])).toBeNull();
  expect(mergeRanges([categorical(['a']), float(0, 1)])).toBeNull();
  const odd = { kind: 'float', low: Number.NaN, high: 1, log: false, step: null } as const;
  expect(mergeRanges([odd])).toBeNull();
});

test('contains every value of the distributions it is made from', () => {
  fc.assert(
    fc.property(fc.array(smallDistributions, { minLength: 1, maxLength: 4 }), fc.nat(), (all, k) => {
      const found = mergeRanges(all);
      if (!found) return;
      for (const d of all) {
        const size = d.kind === 'categorical' ? d.choices.length : 1;
        expect(contains(found, valueAt(d, k % size))).toBe(true);
      }
    }),
  );
});
