import { expect, test } from 'vitest';
import { makeRng } from '../../src/core/rng.js';
import type { LearningCurve } from '../../src/curves/learning-curves.js';
import { makeStepGrid, pointsOf, weightsAt } from '../../src/curves/step-grid.js';
import { fitSteps } from '../../src/curves/step-model.js';

const END = 4;

/** Curves that fall by 1 a step from a normal start; only those whose first value is low were continued. */
function selected(count: number): LearningCurve[] {
  const rng = makeRng(5, 'selected');
  return Array.from({ length: count }, (_, trial) => {
    const start = rng.normal();
    const losses = Float64Array.from(
      { length: start < -0.5 ? END : 1 },
      (_, t) => start - t + 0.05 * rng.normal(),
    );
    return { trial, config: trial, steps: Float64Array.from(losses, (_, t) => t + 1), losses, final: null };
  });
}

test('the mean of later steps is that of all trials, not of those that were continued because they were good', () => {
  const curves = selected(60);
  const grid = makeStepGrid(curves, END);
  const model = fitSteps(
    grid,
    curves.map((curve) => pointsOf(grid, curve, (loss) => loss)),
  );
  const continued = curves.filter(({ losses }) => losses.length === END);
  const theirs = continued.reduce((sum, { losses }) => sum + (losses.at(-1) as number), 0) / continued.length;
  const [first, last] = [model.mean[0] as number, model.mean.at(-1) as number];
  expect(last - first).toBeCloseTo(1 - END, 0);
  expect(last).toBeGreaterThan(theirs + 0.5);
});

test('a step between two knots lies on the line over the logarithm of the step', () => {
  const grid = { knots: Float64Array.of(1, 4, 16), places: Float64Array.of(0, 0.5, 1) };
  expect([...weightsAt(grid, 1)]).toEqual([1, 0, 0]);
  expect([...weightsAt(grid, 8)].map((w) => w.toFixed(3))).toEqual(['0.000', '0.500', '0.500']);
  expect([...weightsAt(grid, 99)]).toEqual([0, 0, 1]);
});
