import { dot } from '../../core/numeric/linalg.js';

/** The pairs (i, j < i) of rows, in this order. */
export type Pairs = {
  readonly count: number;
  /** For each column the contribution of each pair to its squared distance, before the weight. */
  readonly byColumn: readonly Float64Array[];
};

type Rows = {
  readonly rows: Float64Array;
  readonly n: number;
  readonly columns: number;
  readonly numbers: number;
};

/** Returns what the distances between rows are made of, for distances with many different weights. */
export function pairsOf({ rows, n, columns, numbers }: Rows): Pairs {
  const count = (n * (n - 1)) / 2;
  const byColumn = Array.from({ length: columns }, (_, c) => {
    const parts = new Float64Array(count);
    for (let i = 1, at = 0; i < n; i++) {
      const own = rows[i * columns + c] as number;
      for (let j = 0; j < i; j++, at++) {
        const off = own - (rows[j * columns + c] as number);
        parts[at] = c < numbers ? off * off : off === 0 ? 0 : 1;
      }
    }
    return parts;
  });
  return { count, byColumn };
}

/** Writes the weighted squared distance of each pair. */
export function weigh({ count, byColumn }: Pairs, weights: Float64Array, out: Float64Array): void {
  out.fill(0);
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
export function collect({ count, byColumn }: Pairs, pull: Float64Array, out: Float64Array): void {
  for (let c = 0; c < byColumn.length; c++) out[c] = dot(pull, 0, byColumn[c] as Float64Array, 0, count);
}
