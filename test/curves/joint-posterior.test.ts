import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { encodingOf } from '../../src/core/encoding/encoding.js';
import { makeRng } from '../../src/core/rng.js';
import type { ConfigKernel } from '../../src/curves/config-kernel.js';
import { evidenceOf, factorsOf, measurementsOf } from '../../src/curves/factors.js';
import { JointPosterior } from '../../src/curves/joint-posterior.js';
import { makeStepGrid, pointsOf } from '../../src/curves/step-grid.js';
import type { StepModel } from '../../src/curves/step-model.js';
import { LAST, space } from './support.js';

const KNOTS = [1, 3, LAST];
const steps: StepModel = {
  mean: Float64Array.of(0.4, 0.1, -0.3),
  covariance: Float64Array.of(1, 0.6, 0.3, 0.6, 0.9, 0.5, 0.3, 0.5, 1.2),
  noise: 0.05,
};
const kernel: ConfigKernel = { weights: Float64Array.of(3, 1), share: 0.7 };

/** Matern 5/2 of two rows, times the share; a trial covaries with itself by 1. */
function alike(a: Float64Array, b: Float64Array, isSame: boolean): number {
  if (isSame) return 1;
  const q = a.reduce((sum, v, c) => sum + (kernel.weights[c] as number) * (v - (b[c] as number)) ** 2, 0);
  const r = Math.sqrt(5 * q);
  return kernel.share * (1 + r + (r * r) / 3) * Math.exp(-r);
}

test('the posterior is that of a dense Gaussian process with a Kronecker kernel on the observed entries', () => {
  const rng = makeRng(3, 'dense');
  const encoding = encodingOf(space);
  const rows = Array.from({ length: 7 }, () => Float64Array.of(rng.float(), rng.float()));
  const curves = rows.map((_, trial) => {
    const reached = 1 + (trial % 3);
    return {
      trial,
      config: trial,
      steps: Float64Array.from(KNOTS.slice(0, reached)),
      losses: Float64Array.from({ length: reached }, () => rng.normal()),
      final: null,
    };
  });
  const grid = makeStepGrid(curves, LAST);
  expect([...grid.knots]).toEqual(KNOTS);
  const factors = factorsOf(steps);
  const measured = curves.map((curve, i) => ({
    row: rows[i] as Float64Array,
    measurements: measurementsOf(
      evidenceOf(
        pointsOf(grid, curve, (loss) => loss),
        steps,
        factors,
      ),
    ),
  }));
  const posterior = new JointPosterior(encoding, kernel, measured, factors.count);

  const entries = curves.flatMap(({ trial, losses }) =>
    [...losses].map((value, knot) => ({ trial, knot, value })),
  );
  const covariance = (i: number, s: number, j: number, t: number) =>
    alike(rows[i] as Float64Array, rows[j] as Float64Array, i === j) *
    (steps.covariance[s * KNOTS.length + t] as number);
  const dense = new Matrix(
    entries.map((a, m) =>
      entries.map((b, n) => covariance(a.trial, a.knot, b.trial, b.knot) + (m === n ? steps.noise : 0)),
    ),
  );
  const solver = new CholeskyDecomposition(dense);
  const left = Matrix.columnVector(entries.map(({ knot, value }) => value - (steps.mean[knot] as number)));
  const alpha = solver.solve(left);
  const end = KNOTS.length - 1;
  const spread = Math.sqrt(steps.covariance.at(-1) as number);
  for (let i = 0; i < rows.length; i++) {
    const cross = Matrix.columnVector(entries.map(({ trial, knot }) => covariance(i, end, trial, knot)));
    const mean = cross.transpose().mmul(alpha).get(0, 0);
    const variance = covariance(i, end, i, end) - cross.transpose().mmul(solver.solve(cross)).get(0, 0);
    const ours = posterior.ofTrial(i);
    expect(spread * ours.mean).toBeCloseTo(mean, 9);
    expect(spread * spread * ours.variance).toBeCloseTo(variance, 9);
  }
});
