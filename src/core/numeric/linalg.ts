/**
 * The dense kernels of the likelihood's inner loop, on row-major square matrices. ml-matrix does the same about twenty
 * times slower. That matters only here, where one proposal needs dozens of them. They take two rows and two columns at once:
 * so each number that is read is used twice, and four sums are made side by side.
 */

/** Computes the Cholesky factor in place, in the lower triangle. Returns false when the matrix is not positive definite. */
export function factorize(a: Float64Array, n: number): boolean {
  const pairs = n - (n % 2);
  for (let i = 0; i < pairs; i += 2) {
    const p = i * n;
    const q = p + n;
    for (let j = 0; j < i; j += 2) {
      const r = j * n;
      const s = r + n;
      let pr = a[p + j] as number;
      let ps = a[p + j + 1] as number;
      let qr = a[q + j] as number;
      let qs = a[q + j + 1] as number;
      for (let k = 0; k < j; k++) {
        const x = a[p + k] as number;
        const y = a[q + k] as number;
        const u = a[r + k] as number;
        const v = a[s + k] as number;
        pr -= x * u;
        ps -= x * v;
        qr -= y * u;
        qs -= y * v;
      }
      const own = a[r + j] as number;
      const below = a[s + j] as number;
      const next = a[s + j + 1] as number;
      pr /= own;
      qr /= own;
      a[p + j] = pr;
      a[q + j] = qr;
      a[p + j + 1] = (ps - pr * below) / next;
      a[q + j + 1] = (qs - qr * below) / next;
    }
    if (!closeRow(a, n, i) || !closeRow(a, n, i + 1)) return false;
  }
  if (pairs === n) return true;
  for (let j = 0; j < pairs; j++) {
    const cross = dot(a, pairs * n, a, j * n, j);
    a[pairs * n + j] = ((a[pairs * n + j] as number) - cross) / (a[j * n + j] as number);
  }
  return closeRow(a, n, pairs);
}

/** Computes what is left of a row: its diagonal, and in the second of a pair the entry before. */
function closeRow(a: Float64Array, n: number, i: number): boolean {
  const row = i * n;
  if (i % 2 === 1) {
    const before = i - 1;
    const cross = dot(a, row, a, row - n, before);
    a[row + before] = ((a[row + before] as number) - cross) / (a[row - n + before] as number);
  }
  const pivot = (a[row + i] as number) - dot(a, row, a, row, i);
  if (!(pivot > 0)) return false;
  a[row + i] = Math.sqrt(pivot);
  return true;
}

/** Returns the dot product of a[i], a[i + 1], ... and b[j], b[j + 1], ... */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
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

/** Writes L^-1 y to `out`, for the lower triangle of `l`. */
export function forwardSolve(l: Float64Array, n: number, y: Float64Array, out: Float64Array): void {
  solveRows(l, n, y, { from: 0, to: n, out });
}

/** Writes the entries of L^-1 y in these rows to `out`, which has those before. */
export function solveRows(
  l: Float64Array,
  n: number,
  y: Float64Array,
  { from, to, out }: { readonly from: number; readonly to: number; readonly out: Float64Array },
): void {
  let i = from;
  for (; i + 1 < to; i += 2) {
    const p = i * n;
    const q = p + n;
    let first = y[i] as number;
    let firstMore = 0;
    let second = y[i + 1] as number;
    let secondMore = 0;
    let k = 0;
    for (; k + 1 < i; k += 2) {
      const x = out[k] as number;
      const next = out[k + 1] as number;
      first -= (l[p + k] as number) * x;
      firstMore -= (l[p + k + 1] as number) * next;
      second -= (l[q + k] as number) * x;
      secondMore -= (l[q + k + 1] as number) * next;
    }
    if (k < i) {
      first -= (l[p + k] as number) * (out[k] as number);
      second -= (l[q + k] as number) * (out[k] as number);
    }
    const one = (first + firstMore) / (l[p + i] as number);
    out[i] = one;
    out[i + 1] = (second + secondMore - (l[q + i] as number) * one) / (l[q + i + 1] as number);
  }
  if (i < to) out[i] = ((y[i] as number) - dot(l, i * n, out, 0, i)) / (l[i * n + i] as number);
}

/** Writes L^-T y to `out`, for the lower triangle of `l`; in place is allowed. */
export function backSolve(l: Float64Array, n: number, y: Float64Array, out: Float64Array): void {
  if (out !== y) out.set(y);
  let i = n - 1;
  for (; i >= 1; i -= 2) {
    const p = i * n;
    const q = p - n;
    const one = (out[i] as number) / (l[p + i] as number);
    const two = ((out[i - 1] as number) - (l[p + i - 1] as number) * one) / (l[q + i - 1] as number);
    out[i] = one;
    out[i - 1] = two;
    for (let k = 0; k < i - 1; k++)
      out[k] = (out[k] as number) - (l[p + k] as number) * one - (l[q + k] as number) * two;
  }
  if (i === 0) out[0] = (out[0] as number) / (l[0] as number);
}

/** Writes the full (L L^T)^-1 to `out`; `work` has the same size. */
export function invert(l: Float64Array, n: number, work: Float64Array, out: Float64Array): void {
  invertLower(l, n, work, out);
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) out[j * n + i] = out[i * n + j] as number;
}

/** As `invert`, but the lower triangle alone: the numbers of a row of the upper one lie far apart when they are computed. */
export function invertLower(l: Float64Array, n: number, work: Float64Array, out: Float64Array): void {
  invertFactor(l, n, work);
  const pairs = n - (n % 2);
  for (let i = 0; i < pairs; i += 2) {
    const p = i * n;
    const q = p + n;
    for (let j = 0; j <= i; j += 2) {
      const r = j * n;
      const s = r + n;
      // Row i + 1 of `work` begins with a 0.
      let pr = (work[p + i] as number) * (work[r + i] as number);
      let ps = (work[p + i] as number) * (work[s + i] as number);
      let qr = 0;
      let qs = 0;
      for (let k = i + 1; k < n; k++) {
        const x = work[p + k] as number;
        const y = work[q + k] as number;
        const u = work[r + k] as number;
        const v = work[s + k] as number;
        pr += x * u;
        ps += x * v;
        qr += y * u;
        qs += y * v;
      }
      out[p + j] = pr;
      if (j < i) out[p + j + 1] = ps;
      out[q + j] = qr;
      out[q + j + 1] = qs;
    }
  }
  if (pairs < n) {
    const own = work[pairs * n + pairs] as number;
    for (let j = 0; j < n; j++) out[pairs * n + j] = own * (work[j * n + pairs] as number);
  }
}

/** Writes the transpose of L^-1 to `work`, from the diagonal on: row j holds column j, so every inner loop runs along rows. */
function invertFactor(l: Float64Array, n: number, work: Float64Array): void {
  const pairs = n - (n % 2);
  for (let j = 0; j < pairs; j += 2) {
    const c = j * n;
    const d = c + n;
    work[c + j] = 1 / (l[c + j] as number);
    work[c + j + 1] = (-(l[d + j] as number) * (work[c + j] as number)) / (l[d + j + 1] as number);
    work[d + j] = 0;
    work[d + j + 1] = 1 / (l[d + j + 1] as number);
    for (let i = j + 2; i < pairs; i += 2) {
      const r = i * n;
      const s = r + n;
      let cr = 0;
      let cs = 0;
      let dr = 0;
      let ds = 0;
      for (let k = j; k < i; k++) {
        const x = l[r + k] as number;
        const y = l[s + k] as number;
        const u = work[c + k] as number;
        const v = work[d + k] as number;
        cr -= x * u;
        cs -= y * u;
        dr -= x * v;
        ds -= y * v;
      }
      cr /= l[r + i] as number;
      dr /= l[r + i] as number;
      work[c + i] = cr;
      work[d + i] = dr;
      work[c + i + 1] = (cs - (l[s + i] as number) * cr) / (l[s + i + 1] as number);
      work[d + i + 1] = (ds - (l[s + i] as number) * dr) / (l[s + i + 1] as number);
    }
  }
  if (pairs === n) return;
  const last = pairs * n;
  const own = l[last + pairs] as number;
  for (let j = 0; j < pairs; j++) work[j * n + pairs] = -dot(l, last + j, work, j * n + j, pairs - j) / own;
  work[last + pairs] = 1 / own;
}
