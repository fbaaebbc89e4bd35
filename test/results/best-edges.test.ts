import { expect, test } from 'vitest';
import { categorical, float, int } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import { edgeNotes } from '../../src/results/best-edges.js';
import { ResultsModel } from '../../src/results/results-model.js';
import { resultRow } from './rows.js';

const space = makeSpace([
  { name: 'lr', distribution: float(1e-4, 1, { log: true }) },
  { name: 'momentum', distribution: float(0, 0.95) },
  { name: 'layers', distribution: int(1, 8) },
  { name: 'opt', distribution: categorical(['adam', 'sgd']) },
]);

/** A model of these configurations, the best first. */
function model(...configurations: readonly (readonly [lr: number, momentum: number, layers: number])[]) {
  const objectives = [{ metric: 'loss', direction: 'minimize', reduce: 'last' } as const];
  const found = new ResultsModel({ id: 1, seed: 7, space, spec: { objectives, repeats: 1 } });
  found.apply(
    configurations.map(([lr, momentum, layers], number) =>
      resultRow({ number, values: [number], params: { lr, momentum, layers, opt: 'adam' } }),
    ),
  );
  return found;
}

test('a range that ends where all of the best lie is named, in the logarithm for log ranges', () => {
  const notes = edgeNotes(model([1e-4, 0.95, 8], [1.02e-4, 0.945, 8], [1.05e-4, 0.95, 8], [0.5, 0.1, 3]));
  expect(notes).toEqual([
    'the best 3 configurations have lr at its minimum 0.0001: a wider range may hold better ones',
    'the best 3 configurations have momentum at its maximum 0.95: a wider range may hold better ones',
    'the best 3 configurations have layers at its maximum 8: a wider range may hold better ones',
  ]);
});

test('nothing is said where one of the best lies elsewhere, or too few have a result', () => {
  expect(edgeNotes(model([1e-4, 0.95, 8], [1e-3, 0.9, 7], [1e-4, 0, 8]))).toEqual([]);
  expect(edgeNotes(model([1e-4, 0.95, 8], [1e-4, 0.95, 8]))).toEqual([]);
});
