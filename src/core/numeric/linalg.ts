/**
 * The dense kernels of the likelihood's inner loop, on row-major square matrices. ml-matrix does the same about ten
 * times slower. That matters only here, where one proposal needs dozens of them.
 */

/** Returns the dot product of a[i], a[i + 1], ... and b[j], b[j + 1], ...; in four sums, because each addition waits for the one before. */
function dot(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += (a[i + k] as number) * (b[j + k] as number);
    s1 += (a[i + k + 1] as number) * (b[j + k + 1] as number);
    s2 += (a[i + k + 2] as number) * (b[j + k + 2] as number);
    s3 += (a[i + k + 3] as number) * (b[j + k + 3] as number);
  }
  for (; k < length; k++) s0 += (a[i + k] as number) * (b[j + k] as number);
  return s0 + s1 + (s2 + s3);
}

/** Computes the Cholesky factor in place, in the lower triangle. Returns false when the matrix is not positive definite. */
export function factorize(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const ri = i * n;
    for (let j = 0; j < i; j++) {
      const rj = j * n;
      a[ri + j] = ((a[ri + j] as number) - dot(a, ri, a, rj, j)) / (a[rj + j] as number);
    }
    const pivot = (a[ri + i] as number) - dot(a, ri, a, ri, i);
    if (!(pivot > 0)) return false;
    a[ri + i] = Math.sqrt(pivot);
  }
  return true;
}

/** Writes L^-1 y to `out`, for the lower triangle of `l`. */
export function forwardSolve(l: Float64Array, n: number, y: Float64Array, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    out[i] = ((y[i] as number) - dot(l, row, out, 0, i)) / (l[row + i] as number);
  }
}

/** Writes the full (L L^T)^-1 to `out`; `work` has the same size. */
export function invert(l: Float64Array, n: number, work: Float64Array, out: Float64Array): void {
  // work: the transpose of L^-1; row j holds column j, so every inner loop runs along rows.
  for (let j = 0; j < n; j++) {
    const column = j * n;
    work[column + j] = 1 / (l[column + j] as number);
    for (let i = j + 1; i < n; i++) {
      const row = i * n;
      work[column + i] = -dot(l, row + j, work, column + j, i - j) / (l[row + i] as number);
    }
  }
  for (let i = 0; i < n; i++) {
    const ri = i * n;
    for (let j = 0; j <= i; j++) {
      const rj = j * n;
      const sum = dot(work, ri + i, work, rj + i, n - i);
      out[ri + j] = sum;
      out[rj + i] = sum;
    }
  }
}
