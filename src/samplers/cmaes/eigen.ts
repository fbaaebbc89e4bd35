/** Limit of sweeps. In practice no rotation is left by then: convergence is quadratic after the first few. */
const MAX_SWEEPS = 30;

export type Eigen = {
  /** Columns are unit eigenvectors; row-major, n x n. */
  readonly vectors: Float64Array;
  readonly values: Float64Array;
};

/**
 * Returns eigenvalues and eigenvectors of a symmetric matrix (row-major, n x n), by cyclic Jacobi rotations (Golub and
 * Van Loan, Matrix computations, section 8.5). Not the fastest method, but short and accurate. It uses only +, *, / and
 * sqrt, so every machine and Node version gives the same bits.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotations = 0;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) if (rotate(a, v, n, p, q)) rotations++;
    if (rotations === 0) break;
  }
  return { vectors: v, values: Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number) };
}

/** Makes a[p][q] zero. Returns false when it already is negligible beside the diagonal. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): boolean {
  const apq = a[p * n + q] as number;
  const app = a[p * n + p] as number;
  const aqq = a[q * n + q] as number;
  if (Math.abs(apq) <= 1e-17 * (Math.abs(app) + Math.abs(aqq))) return false;
  const tau = (aqq - app) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q, c, s);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k, c, s);
  for (let k = 0; k < n; k++) turn(v, k * n + p, k * n + q, c, s);
  return true;
}

function turn(m: Float64Array, i: number, j: number, c: number, s: number): void {
  const x = m[i] as number;
  const y = m[j] as number;
  m[i] = c * x - s * y;
  m[j] = s * x + c * y;
}
