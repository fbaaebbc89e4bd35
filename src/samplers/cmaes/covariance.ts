import { symmetricEigen } from './eigen.js';

/**
 * A covariance with its square root: C = B D^2 B'. A diagonal one keeps n entries and has no B. Immutable: an update
 * returns a new one.
 */
export type Covariance = {
  readonly n: number;
  /** Row-major n x n, or the diagonal alone. */
  readonly entries: Float64Array;
  /** B, row-major; null for a diagonal covariance. */
  readonly basis: Float64Array | null;
  /** The square roots of the eigenvalues, D. */
  readonly scales: Float64Array;
};

export function identity(n: number, diagonal: boolean): Covariance {
  const entries = new Float64Array(diagonal ? n : n * n);
  for (let i = 0; i < n; i++) entries[diagonal ? i : i * n + i] = 1;
  return fromEntries(n, entries);
}

/** Returns the covariance with its square root. Eigenvalues that rounding left at or below zero become a tiny share of the largest. */
export function fromEntries(n: number, entries: Float64Array): Covariance {
  if (entries.length === n) {
    const floor = 1e-20 * entries.reduce((a, b) => Math.max(a, b), 0);
    return { n, entries, basis: null, scales: entries.map((v) => Math.sqrt(Math.max(v, floor))) };
  }
  const { vectors, values } = symmetricEigen(entries, n);
  const floor = 1e-20 * values.reduce((a, b) => Math.max(a, b), 0);
  return { n, entries, basis: vectors, scales: values.map((v) => Math.sqrt(Math.max(v, floor))) };
}

/** Returns the variance of coordinate j. */
export function variance({ n, entries }: Covariance, j: number): number {
  return entries[entries.length === n ? j : j * n + j] as number;
}

/** Returns B D z: a standard normal z becomes a vector with this covariance. */
export function stretch({ basis, scales }: Covariance, z: Float64Array): Float64Array {
  const scaled = z.map((v, i) => v * (scales[i] as number));
  return basis === null ? scaled : times(basis, scaled);
}

/** Returns C^(-1/2) y = B D^-1 B' y. */
export function whiten({ basis, scales }: Covariance, y: Float64Array): Float64Array {
  if (basis === null) return y.map((v, i) => v / (scales[i] as number));
  const n = scales.length;
  const inner = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const yi = y[i] as number;
    for (let k = 0; k < n; k++) inner[k] = (inner[k] as number) + (basis[i * n + k] as number) * yi;
  }
  return times(
    basis,
    inner.map((v, k) => v / (scales[k] as number)),
  );
}

function times(matrix: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return x.map((_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += (matrix[i * n + k] as number) * (x[k] as number);
    return sum;
  });
}

/** Returns the entries of factor * C plus the sum of weight * y y'. The caller may change them. */
export function combine(
  { n, entries }: Covariance,
  factor: number,
  terms: readonly { readonly weight: number; readonly y: Float64Array }[],
): Float64Array {
  const out = entries.map((v) => factor * v);
  const diagonal = entries.length === n;
  for (const { weight, y } of terms) {
    for (let i = 0; i < n; i++) {
      const row = weight * (y[i] as number);
      if (diagonal) out[i] = (out[i] as number) + row * (y[i] as number);
      else for (let j = 0; j < n; j++) out[i * n + j] = (out[i * n + j] as number) + row * (y[j] as number);
    }
  }
  return out;
}

/** Multiplies the standard deviation of coordinate j, in place. */
export function widen(entries: Float64Array, n: number, j: number, factor: number): void {
  if (entries.length === n) {
    entries[j] = (entries[j] as number) * factor * factor;
    return;
  }
  for (let i = 0; i < n; i++) {
    entries[i * n + j] = (entries[i * n + j] as number) * factor;
    entries[j * n + i] = (entries[j * n + i] as number) * factor;
  }
}
