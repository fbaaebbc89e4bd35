import { factorize, invert } from '../../../core/numeric/linalg.js';
import { matern, squaredDistances } from '../../../core/numeric/matern.js';
import type { Fitted } from '../model.js';
import { MEAN_VARIANCE } from '../priors.js';

/** The parts of a fitted model that say what it expects where. */
export type Known = Pick<Fitted, 'data' | 'theta' | 'noises'>;

/** Returns the inverse covariance matrix of the observations, row by row; null where rounding makes it singular. */
export function precisionOf({ data, theta, noises }: Known): Float64Array | null {
  const { rows, n, columns } = data;
  const variance = Math.exp(theta[data.axes] as number);
  const weights = weightsOf({ data, theta });
  const k = new Float64Array(n * n);
  const slopes = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = k.subarray(i * n, i * n + i);
    squaredDistances(rows.subarray(i * columns, (i + 1) * columns), rows, i, data, weights, row);
    matern(row, i, row, slopes);
    for (let j = 0; j < i; j++) row[j] = MEAN_VARIANCE + (row[j] as number) * variance;
    k[i * n + i] = MEAN_VARIANCE + variance + (noises[i] as number);
  }
  if (!factorize(k, n)) return null;
  const inverse = new Float64Array(n * n);
  invert(k, n, new Float64Array(n * n), inverse);
  return inverse;
}

/** Returns the inverse squared length scale of each column. */
export function weightsOf({ data, theta }: Pick<Known, 'data' | 'theta'>): Float64Array {
  return Float64Array.from(data.axisOf, (axis) => Math.exp(theta[axis] as number));
}

/** Returns the product of a square matrix and a vector. */
export function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return vector.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (matrix[i * n + j] as number) * (vector[j] as number);
    return sum;
  });
}

/** Returns what a model expects of each observation from all others: Rasmussen and Williams (2006), eq. 5.12. */
export function leaveOneOut(known: Known, z: Float64Array): Float64Array | null {
  const precision = precisionOf(known);
  if (!precision) return null;
  const alpha = times(precision, z);
  const n = z.length;
  return z.map((value, i) => value - (alpha[i] as number) / (precision[i * n + i] as number));
}
