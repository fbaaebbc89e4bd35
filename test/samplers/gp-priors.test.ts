import { expect, test } from 'vitest';
import { makeRng } from '../../src/core/rng.js';
import { estimate } from '../../src/samplers/gp/fit.js';
import { Posterior } from '../../src/samplers/gp/posterior.js';

// What the model takes for granted before it sees values: its priors, an unknown mean and a trend.

test('finds the one parameter of six that matters, however far its length scale is from the rest', () => {
  const [n, columns] = [60, 6];
  const rng = makeRng(5, 'waves');
  const rows = Float64Array.from({ length: n * columns }, () => rng.float());
  const u = Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(12 * (rows[i * columns] as number)));
  const axisOf = Int32Array.from({ length: columns }, (_, c) => c);
  const one = new Float64Array(n).fill(1);
  const data = { rows, n, columns, numbers: columns, axisOf, axes: columns, u, noiseShare: one };
  const theta = estimate({ ...data, error: new Float64Array(n) }, null, { known: n });
  expect(Math.max(...theta.slice(1, columns))).toBeLessThan((theta[0] as number) - 10);
});

test('expects no good values far from all others only because most values are good', () => {
  const rng = makeRng(6, 'cluster');
  // One column: twelve values spread over the lower half, and forty good ones next to 0.1.
  const n = 52;
  const rows = Float64Array.from({ length: n }, (_, i) => (i < 12 ? i / 24 : 0.1 + 0.01 * rng.normal()));
  const z = rows.map((x) => (Math.abs(x - 0.1) < 0.05 ? -0.5 : 1.8));
  const noise = new Float64Array(n).fill(0.01);
  const shape = { rows, n, columns: 1, numbers: 1, axisOf: Int32Array.from([0]), axes: 1 };
  const posterior = new Posterior(Float64Array.from([3, 0, -12, -4, 0]), shape, z, noise);
  expect(posterior.predict(Float64Array.from([1])).mean).toBeGreaterThan(0.8);
});

test('knows a bowl from few points, also far from them', () => {
  const rng = makeRng(7, 'bowl');
  const [n, columns] = [20, 2];
  const rows = Float64Array.from({ length: n * columns }, () => 0.2 + 0.4 * rng.float());
  const f = (x: number, y: number) => 8 * (x - 0.4) ** 2 + 8 * (y - 0.5) ** 2;
  const z = Float64Array.from({ length: n }, (_, i) => f(rows[2 * i] as number, rows[2 * i + 1] as number));
  const shape = { rows, n, columns, numbers: 2, axisOf: Int32Array.from([0, 1]), axes: 2 };
  const noise = new Float64Array(n).fill(1e-4);
  const at = Float64Array.from([0.95, 0.9]);
  const errorWith = (trend: number) => {
    const posterior = new Posterior(Float64Array.from([0, 0, -2, trend, -8, 0]), shape, z, noise);
    return Math.abs(posterior.predict(at).mean - f(0.95, 0.9));
  };
  expect(errorWith(0)).toBeLessThan(0.3 * errorWith(-12));
});
