import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { propertyRuns } from './fast-check.js';

/** The runs that a property does which asks for `numRuns`. */
function runsOf(numRuns: number | undefined, examples: [number][] = []): number[] {
  const seen = vi.fn();
  fc.assert(
    fc.property(fc.nat(), (value) => {
      seen(value);
    }),
    { ...(numRuns === undefined ? {} : { numRuns }), examples },
  );
  return seen.mock.calls.map(([value]) => value as number);
}

test('a share of what a property asks for is done, and few runs whole', () => {
  expect([100, 400, 12, 6, 1].map((wanted) => propertyRuns(wanted, 0.25))).toEqual([25, 100, 10, 6, 1]);
  expect([100, 6].map((wanted) => propertyRuns(wanted, 1))).toEqual([100, 6]);
  expect([100, 6].map((wanted) => propertyRuns(wanted, 10))).toEqual([1000, 60]);
});

test('tests have the fast-check that does so, and every example is tried', () => {
  expect(runsOf(undefined)).toHaveLength(propertyRuns(100));
  expect(runsOf(8)).toHaveLength(propertyRuns(8));
  const examples = Array.from({ length: 20 }, (_, k): [number] => [k]);
  expect(runsOf(40, examples).slice(0, 20)).toEqual(examples.flat());
});

test('a property that is false fails, and what is replayed is replayed whole', () => {
  const isSmall = fc.property(fc.nat({ max: 1000 }), (value) => value < 3);
  expect(() => fc.assert(isSmall)).toThrow(/Counterexample: \[3]/);
  expect(() => fc.assert(isSmall, { seed: 1, path: '0', endOnFailure: true })).toThrow(/Property failed/);
});
