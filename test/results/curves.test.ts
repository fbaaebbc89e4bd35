import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Curves, curvesByMetric, numbersBelow } from '../../src/results/curves.js';

const steps = fc.dictionary(fc.nat({ max: 30 }).map(String), fc.double()).map(
  (found) =>
    new Map(
      Object.entries(found)
        .map(([step, value]) => [Number(step), value] as const)
        .sort(([a], [b]) => a - b),
    ),
);

test('a curve has the steps and values that were reported, whatever the steps are', () => {
  fc.assert(
    fc.property(fc.nat({ max: 5 }), steps, steps, (trial, before, now) => {
      const curves = new Curves();
      curves.set(trial, before);
      curves.set(trial, now);
      const curve = curves.get(trial);
      expect(curve === null ? [] : [...curve.steps].map((step, k) => [step, curve.values[k]])).toEqual([
        ...now,
      ]);
      expect(curves.stepCount(trial)).toBe(now.size);
    }),
  );
});

test('a trial without steps has no curve', () => {
  expect(new Curves().get(3)).toBeNull();
  expect(new Curves().stepCount(3)).toBe(0);
});

test('the metrics of a trial become one curve each, without final values', () => {
  const curves = curvesByMetric([
    { name: 'loss', step: 2, value: 0.5 },
    { name: 'loss', step: 1, value: 1 },
    { name: 'loss', step: null, value: 0.4 },
    { name: 'acc', step: null, value: 0.9 },
    { name: 'f1', step: 3, value: Number.NaN },
  ]);
  expect([...curves.keys()]).toEqual(['loss', 'f1']);
  expect(curves.get('loss')).toEqual({ steps: Float64Array.of(1, 2), values: Float64Array.of(1, 0.5) });
});

test('packed curves are those of the trials, whatever was set before, and can be unpacked', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 4 }), steps), { maxLength: 30 }), (sets) => {
      const curves = new Curves();
      // Much waste, so that it is removed.
      for (let k = 0; k < 200; k++)
        curves.set(5, new Map(Array.from({ length: (k % 2) + 60 }, (_, s) => [s, k])));
      for (const [trial, curve] of sets) {
        curves.set(trial, curve);
        expect(curves.set(trial, curve)).toBe(false);
      }
      const copy = new Curves();
      copy.unpack(curves.pack(numbersBelow(6)));
      for (let trial = 0; trial < 6; trial++) expect(copy.get(trial)).toEqual(curves.get(trial));
      expect(curves.get(5)?.values).toEqual(new Float64Array(61).fill(199));
    }),
    { numRuns: 20 },
  );
});
