import { dot } from '../../core/numeric/linalg.js';
import type { Parts } from './room.js';

/** Writes the weighted sum of all columns, for each pair. */
export function weigh({ count, byColumn }: Parts, weights: Float64Array, out: Float64Array): void {
  out.fill(0, 0, count);
  let c = 0;
  for (; c + 3 < byColumn.length; c += 4) {
    const [p, q, r, s] = byColumn.slice(c, c + 4) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const [a, b, d, e] = weights.subarray(c, c + 4) as unknown as [number, number, number, number];
    for (let at = 0; at < count; at++)
      out[at] =
        (out[at] as number) +
        a * (p[at] as number) +
        b * (q[at] as number) +
        (d * (r[at] as number) + e * (s[at] as number));
  }
  for (; c < byColumn.length; c++) {
    const parts = byColumn[c] as Float64Array;
    const weight = weights[c] as number;
    for (let at = 0; at < count; at++) out[at] = (out[at] as number) + weight * (parts[at] as number);
  }
}

/** Writes the sum over all pairs of their pull times what a column contributes, for each column. */
export function collect({ count, byColumn }: Parts, pull: Float64Array, out: Float64Array): void {
  for (let c = 0; c < byColumn.length; c++) out[c] = dot(pull, 0, byColumn[c] as Float64Array, 0, count);
}
