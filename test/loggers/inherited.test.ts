import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MetricPoint } from '../../src/executors/executor.js';
import { InheritedPoints } from '../../src/loggers/inherited.js';

const point = (step: number | null, value = 0): MetricPoint => ({ name: 'loss', step, value });
const counted = (step: number): MetricPoint => ({ name: 'size', step, value: 7, counted: true });

test('what was left below the first step that is named comes first, in whatever order they become known', () => {
  const before = [point(1), point(2), point(3), point(4), point(null)];
  const own = [counted(1), point(3, 9)];
  const merged = [point(1), counted(1), point(2), point(3, 9)];
  const late = new InheritedPoints();
  expect([late.take(own), late.isKnown]).toEqual([[], false]);
  expect(late.resolve(before)).toEqual(merged);
  const early = new InheritedPoints();
  expect([early.resolve(before), early.take(own.slice(0, 1))]).toEqual([[], []]);
  expect(early.take(own.slice(1))).toEqual(merged);
  // From then on they pass.
  expect(early.take([point(4, 9)])).toEqual([point(4, 9)]);
});

test('who names no step has all that was left, then its own final values', () => {
  const points = new InheritedPoints();
  expect([points.resolve([point(1), point(2)]), points.take([point(null, 5)])]).toEqual([[], []]);
  expect(points.end()).toEqual([point(1), point(2), point(null, 5)]);
  expect(points.end()).toEqual([]);
});

test('where nothing was left, nothing is held back, changed or lost', () => {
  const step = fc.option(fc.nat(9), { nil: null });
  fc.assert(
    fc.property(fc.array(fc.array(step.map((each) => point(each)))), fc.nat(5), (batches, knownAfter) => {
      const points = new InheritedPoints();
      const out = batches.flatMap((batch, k) => [
        ...(k === knownAfter ? points.resolve([]) : []),
        ...points.take(batch),
      ]);
      if (!points.isKnown) out.push(...points.resolve([]));
      expect([...out, ...points.end()]).toEqual(batches.flat());
    }),
  );
});

test('a trainer that never names a step is not held back for ever', () => {
  const points = new InheritedPoints();
  points.resolve([point(1)]);
  const passed = Array.from({ length: 2000 }, (_, k) => points.take([counted(k + 1)])).flat();
  expect(passed.length).toBe(2001);
});
