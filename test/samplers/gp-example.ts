import { makeRng } from '../../src/core/rng.js';
import type { Data } from '../../src/samplers/gp/log-posterior.js';
import { distances } from '../../src/samplers/gp/warp.js';

/** Rows of three numbers (two of them on one axis) and a choice. */
export function example(n = 20): { data: Data; values: number[] } {
  const rng = makeRng(1, 'example');
  const rows = new Float64Array(n * 4);
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 3; c++) rows[i * 4 + c] = rng.float();
    rows[i * 4 + 3] = rng.int(3);
    values.push(3 * (rows[i * 4] as number) + (rows[i * 4 + 3] as number) + 0.1 * rng.normal());
  }
  const data = {
    rows,
    n,
    columns: 4,
    numbers: 3,
    axisOf: Int32Array.from([0, 1, 1, 2]),
    axes: 3,
    u: distances(values).u,
    noiseShare: Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : 0.5)),
    error: Float64Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 0.1 : 0)),
  };
  return { data, values };
}

/** Hyperparameters of its three axes. */
export const theta = Float64Array.from([0.3, -0.5, 0.2, 0.1, -1, -3, 0.4]);
