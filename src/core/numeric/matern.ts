const ROOT_5 = Math.sqrt(5);

/**
 * Writes the weighted squared distances between a point and each of n rows: the sum over number columns of w (a - b)^2,
 * plus w where a choice differs.
 */
export function squaredDistances(
  point: Float64Array,
  rows: Float64Array,
  n: number,
  shape: { readonly columns: number; readonly numbers: number },
  weights: Float64Array,
  out: Float64Array,
): void {
  const { columns, numbers } = shape;
  let i = 0;
  // Two rows at once: each number of the point is read once for both.
  for (; i + 1 < n; i += 2) {
    const p = i * columns;
    const q = p + columns;
    let one = 0;
    let two = 0;
    for (let c = 0; c < numbers; c++) {
      const x = point[c] as number;
      const weight = weights[c] as number;
      const d = x - (rows[p + c] as number);
      const e = x - (rows[q + c] as number);
      one += weight * d * d;
      two += weight * e * e;
    }
    for (let c = numbers; c < columns; c++) {
      if (point[c] !== rows[p + c]) one += weights[c] as number;
      if (point[c] !== rows[q + c]) two += weights[c] as number;
    }
    out[i] = one;
    out[i + 1] = two;
  }
  if (i === n) return;
  const at = i * columns;
  let q = 0;
  for (let c = 0; c < numbers; c++) {
    const d = (point[c] as number) - (rows[at + c] as number);
    q += (weights[c] as number) * d * d;
  }
  for (let c = numbers; c < columns; c++) if (point[c] !== rows[at + c]) q += weights[c] as number;
  out[i] = q;
}

/** Exponentials of multiples of -1 / PER; beyond MOST a kernel value is 0 for any use. */
const PER = 64;
const MOST = 40;
const TABLE = Float64Array.from({ length: PER * MOST + 1 }, (_, k) => Math.exp(-k / PER));

/** Returns e^-r for r >= 0, to all but the last digit: a number from a table and a short series, in a third of the time of Math.exp. */
function decayAt(r: number): number {
  if (!(r < MOST)) return 0;
  const at = (r * PER) | 0;
  const x = at / PER - r;
  const series = 1 + x * (1 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720))))));
  return (TABLE[at] as number) * series;
}

/**
 * Writes Matern 5/2 with unit variance at n squared distances, and its derivatives by them; `value` may be `q`. Roots have a loop of
 * their own, and whole numbers come from an operator: a processor's instructions for roots and for rounding wait for what their
 * register held before, so that in one loop each number would wait for the one before, four times as long.
 */
export function matern(q: Float64Array, n: number, value: Float64Array, slope: Float64Array): void {
  for (let i = 0; i < n; i++) slope[i] = ROOT_5 * Math.sqrt(q[i] as number);
  for (let i = 0; i < n; i++) {
    const distance2 = q[i] as number;
    const r = slope[i] as number;
    const decay = decayAt(r);
    value[i] = (1 + r + (5 / 3) * distance2) * decay;
    slope[i] = (-5 / 6) * (1 + r) * decay;
  }
}
