import { dot } from '../../core/numeric/linalg.js';
import type { Parts } from './room.js';

/** Writes the weighted sum of all columns, for each pair. */
export function weigh({ count, byColumn }: Parts, weights: Float64Array, out: Float64Array): void {
  out.fill(0, 0, count);
  let c = 0;
  for (; c + 3 < byColumn.length; c += 4) {
    const p = byColumn[c] as Float64Array;
    const q = byColumn[c + 1] as Float64Array;
    const r = byColumn[c + 2] as Float64Array;
    const s = byColumn[c + 3] as Float64Array;
    const a = weights[c] as number;
    const b = weights[c + 1] as number;
    const d = weights[c + 2] as number;
    const e = weights[c + 3] as number;
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
  let c = 0;
  for (; c + 1 < byColumn.length; c += 2)
    collectTwo(pull, count, byColumn[c] as Float64Array, byColumn[c + 1] as Float64Array, { out, c });
  if (c < byColumn.length) out[c] = dot(pull, 0, byColumn[c] as Float64Array, 0, count);
}

/** Writes the sums of two columns, as `dot` makes each: every pull is read once for both. */
function collectTwo(
  pull: Float64Array,
  count: number,
  p: Float64Array,
  q: Float64Array,
  { out, c }: { readonly out: Float64Array; readonly c: number },
): void {
  let p0 = 0;
  let p1 = 0;
  let p2 = 0;
  let p3 = 0;
  let q0 = 0;
  let q1 = 0;
  let q2 = 0;
  let q3 = 0;
  let at = 0;
  for (; at + 3 < count; at += 4) {
    const a = pull[at] as number;
    const b = pull[at + 1] as number;
    const d = pull[at + 2] as number;
    const e = pull[at + 3] as number;
    p0 += a * (p[at] as number);
    p1 += b * (p[at + 1] as number);
    p2 += d * (p[at + 2] as number);
    p3 += e * (p[at + 3] as number);
    q0 += a * (q[at] as number);
    q1 += b * (q[at + 1] as number);
    q2 += d * (q[at + 2] as number);
    q3 += e * (q[at + 3] as number);
  }
  for (; at < count; at++) {
    p0 += (pull[at] as number) * (p[at] as number);
    q0 += (pull[at] as number) * (q[at] as number);
  }
  out[c] = p0 + p1 + (p2 + p3);
  out[c + 1] = q0 + q1 + (q2 + q3);
}
