import { dot } from '../../core/numeric/linalg.js';
import { matern, squaredDistances } from '../../core/numeric/matern.js';
import type { Data } from './log-posterior.js';
import { MEAN_VARIANCE, type Theta } from './priors.js';
import { shareOf, TRAITS, writeSlopes, writeTraits } from './trend.js';

/** The rows of a model, and what the covariance of another row with them is made of. */
export type Known = {
  readonly n: number;
  readonly columns: number;
  readonly numbers: number;
  readonly rows: Float64Array;
  readonly weights: Float64Array;
  readonly variance: number;
  readonly trend: number;
  /** The root of each column's share of the trend. */
  readonly roots: Float64Array;
  /** Features of the trend of each row; those of a row are written when it is added. */
  readonly traits: Float64Array;
};

/** What is computed at one row. */
export type Here = {
  /** Its covariance with each known row, and the derivative of the kernel by the squared distance. */
  readonly k: Float64Array;
  readonly slopes: Float64Array;
  /** The features of the trend, and their derivatives. */
  readonly point: Float64Array;
  readonly pointSlopes: Float64Array;
  readonly pulls: Float64Array;
};

export type Rows = Pick<Data, 'rows' | 'n' | 'columns' | 'numbers' | 'axisOf' | 'axes'>;

export function known({ rows, n, columns, numbers, axisOf, axes }: Rows, theta: Theta): Known {
  const weights = Float64Array.from(axisOf, (axis) => Math.exp(theta[axis] as number));
  return {
    n,
    columns,
    numbers,
    rows,
    weights,
    variance: Math.exp(theta[axes] as number),
    trend: Math.exp(theta[axes + 1] as number),
    roots: weights.map((weight) => Math.sqrt(shareOf(weight))),
    traits: new Float64Array(n * TRAITS * numbers),
  };
}

export function here({ n, numbers }: Known): Here {
  return {
    k: new Float64Array(n),
    slopes: new Float64Array(n),
    point: new Float64Array(TRAITS * numbers),
    pointSlopes: new Float64Array(TRAITS * numbers),
    pulls: new Float64Array(n),
  };
}

/** Writes the covariances of a row with the first so many rows. */
export function writeCovariances(
  of: Known,
  row: Float64Array,
  count: number,
  { k, slopes, point }: Here,
): void {
  const { numbers, rows, traits, weights, variance, trend } = of;
  squaredDistances(row, rows, count, of, weights, k);
  matern(k, count, k, slopes);
  writeTraits(row, of.roots, numbers, point);
  const span = TRAITS * numbers;
  let i = 0;
  // Two rows at once: each feature of the point is read once for both.
  for (; i + 1 < count; i += 2) {
    const f = i * span;
    const g = f + span;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let t0 = 0;
    let t1 = 0;
    let t2 = 0;
    let t3 = 0;
    let c = 0;
    for (; c + 3 < span; c += 4) {
      const a = point[c] as number;
      const b = point[c + 1] as number;
      const d = point[c + 2] as number;
      const e = point[c + 3] as number;
      s0 += a * (traits[f + c] as number);
      s1 += b * (traits[f + c + 1] as number);
      s2 += d * (traits[f + c + 2] as number);
      s3 += e * (traits[f + c + 3] as number);
      t0 += a * (traits[g + c] as number);
      t1 += b * (traits[g + c + 1] as number);
      t2 += d * (traits[g + c + 2] as number);
      t3 += e * (traits[g + c + 3] as number);
    }
    for (; c < span; c++) {
      s0 += (point[c] as number) * (traits[f + c] as number);
      t0 += (point[c] as number) * (traits[g + c] as number);
    }
    k[i] = MEAN_VARIANCE + trend * (s0 + s1 + (s2 + s3)) + variance * (k[i] as number);
    k[i + 1] = MEAN_VARIANCE + trend * (t0 + t1 + (t2 + t3)) + variance * (k[i + 1] as number);
  }
  if (i < count)
    k[i] = MEAN_VARIANCE + trend * dot(point, 0, traits, i * span, span) + variance * (k[i] as number);
}

/** Writes the derivatives of the covariances at a row, whose covariances are known, each times its factor, by each number column. */
export function writeDerivatives(
  { n, columns, numbers, rows, roots, traits, weights, variance, trend }: Known,
  row: Float64Array,
  factors: Float64Array,
  { slopes, pointSlopes, pulls }: Here,
  out: Float64Array,
): void {
  const span = TRAITS * numbers;
  writeSlopes(row, roots, numbers, pointSlopes);
  for (let i = 0; i < n; i++) pulls[i] = 2 * variance * (slopes[i] as number) * (factors[i] as number);
  let c = 0;
  for (; c + 1 < numbers; c += 2) {
    const x = row[c] as number;
    const y = row[c + 1] as number;
    const v = weights[c] as number;
    const w = weights[c + 1] as number;
    let left = 0;
    let right = 0;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0, p = c, f = TRAITS * c; i < n; i++, p += columns, f += span) {
      const pull = pulls[i] as number;
      const factor = factors[i] as number;
      left += pull * v * (x - (rows[p] as number));
      right += pull * w * (y - (rows[p + 1] as number));
      s0 += (traits[f] as number) * factor;
      s1 += (traits[f + 1] as number) * factor;
      s2 += (traits[f + 2] as number) * factor;
      s3 += (traits[f + 3] as number) * factor;
    }
    const f = TRAITS * c;
    out[c] = left + trend * (pointSlopes[f] as number) * s0 + trend * (pointSlopes[f + 1] as number) * s1;
    out[c + 1] =
      right + trend * (pointSlopes[f + 2] as number) * s2 + trend * (pointSlopes[f + 3] as number) * s3;
  }
  for (; c < numbers; c++) {
    let sum = 0;
    let s0 = 0;
    let s1 = 0;
    for (let i = 0, p = c, f = TRAITS * c; i < n; i++, p += columns, f += span) {
      const factor = factors[i] as number;
      sum += (pulls[i] as number) * (weights[c] as number) * ((row[c] as number) - (rows[p] as number));
      s0 += (traits[f] as number) * factor;
      s1 += (traits[f + 1] as number) * factor;
    }
    const f = TRAITS * c;
    out[c] = sum + trend * (pointSlopes[f] as number) * s0 + trend * (pointSlopes[f + 1] as number) * s1;
  }
}
