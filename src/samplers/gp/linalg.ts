/**
 * The three dense kernels of the likelihood's inner loop, on row-major square matrices. ml-matrix does the same some
 * ten times slower, which is too slow only here, where one proposal needs dozens of them.
 */

/** Cholesky factor in place, in the lower triangle; false when the matrix is not positive definite. */
export function factorise(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const ri = i * n;
    for (let j = 0; j < i; j++) {
      const rj = j * n;
      let sum = a[ri + j] as number;
      for (let k = 0; k < j; k++) sum -= (a[ri + k] as number) * (a[rj + k] as number);
      a[ri + j] = sum / (a[rj + j] as number);
    }
    let pivot = a[ri + i] as number;
    for (let k = 0; k < i; k++) pivot -= (a[ri + k] as number) * (a[ri + k] as number);
    if (!(pivot > 0)) return false;
    a[ri + i] = Math.sqrt(pivot);
  }
  return true;
}

/** L^-1 y for the lower triangle of `l`. */
export function forwardSolve(l: Float64Array, n: number, y: Float64Array, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let sum = y[i] as number;
    for (let k = 0; k < i; k++) sum -= (l[row + k] as number) * (out[k] as number);
    out[i] = sum / (l[row + i] as number);
  }
}

/** (L L^T)^-1 in full, written to `out`; `work` has the same size. */
export function invert(l: Float64Array, n: number, work: Float64Array, out: Float64Array): void {
  // work: the transpose of L^-1, row j holding column j, so that every inner loop runs along rows.
  for (let j = 0; j < n; j++) {
    const column = j * n;
    work[column + j] = 1 / (l[column + j] as number);
    for (let i = j + 1; i < n; i++) {
      const row = i * n;
      let sum = 0;
      for (let k = j; k < i; k++) sum -= (l[row + k] as number) * (work[column + k] as number);
      work[column + i] = sum / (l[row + i] as number);
    }
  }
  for (let i = 0; i < n; i++) {
    const ri = i * n;
    for (let j = 0; j <= i; j++) {
      const rj = j * n;
      let sum = 0;
      for (let k = i; k < n; k++) sum += (work[ri + k] as number) * (work[rj + k] as number);
      out[ri + j] = sum;
      out[rj + i] = sum;
    }
  }
}
