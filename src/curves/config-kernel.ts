import type { Encoding } from '../core/encoding/encoding.js';
import { descend } from '../core/numeric/descend.js';
import { factorize, forwardSolve, invert } from '../core/numeric/linalg.js';
import { matern, squaredDistances } from '../core/numeric/matern.js';

/** How alike the curves of two configurations are: `share` times a Matern 5/2 kernel; the rest is each trial's own. */
export type ConfigKernel = { readonly weights: Float64Array; readonly share: number };

/** What is known of one trial's value at the full budget, on the scale of a standard normal. */
export type FinalEstimate = {
  readonly row: Float64Array;
  readonly value: number;
  /** Variance of the error of the value. */
  readonly error: number;
};

/** Normal priors on the logarithm of an inverse squared length scale, and on the logit of the share. */
export const CONFIG_PRIOR = {
  weight: { mean: -0.3, deviation: 0.8, low: -12, high: 9 },
  share: { mean: 1, deviation: 1.2, low: -3, high: 6 },
};
const EVALUATIONS = 16;
/** The fit uses at most this many trials. */
export const MOST_FITTED = 90;

/** Returns the kernel of the greatest posterior density that a local search finds. */
export function fitConfigKernel(encoding: Encoding, known: readonly FinalEstimate[]): ConfigKernel {
  const axes = encoding.axes.length;
  const all = [...Array.from({ length: axes }, () => CONFIG_PRIOR.weight), CONFIG_PRIOR.share];
  const bound = (of: (p: typeof CONFIG_PRIOR.share) => number) => Float64Array.from(all, of);
  const mean = bound(({ mean }) => mean);
  const kernelOf = (theta: Float64Array): ConfigKernel => ({
    weights: Float64Array.from(encoding.axisOf, (axis) => Math.exp(theta[axis] as number)),
    share: 1 / (1 + Math.exp(-(theta[axes] as number))),
  });
  if (known.length < 3 || axes === 0) return kernelOf(mean);
  const box = { low: bound(({ low }) => low), high: bound(({ high }) => high) };
  const deviation = bound(({ deviation }) => deviation);
  const objective = negativeLogPosterior(encoding, known, { mean, deviation }, kernelOf);
  const limit = { evaluations: EVALUATIONS, tolerance: 1e-2, stride: 1 };
  return kernelOf(descend(objective, mean, box, limit).x);
}

/** Returns minus the log posterior density, with its gradient: Rasmussen and Williams, Gaussian processes (2006), eq. 5.9. */
function negativeLogPosterior(
  encoding: Encoding,
  known: readonly FinalEstimate[],
  prior: { readonly mean: Float64Array; readonly deviation: Float64Array },
  kernelOf: (theta: Float64Array) => ConfigKernel,
) {
  const { columns, numbers, axisOf } = encoding;
  const axes = encoding.axes.length;
  const n = known.length;
  const rows = new Float64Array(n * columns);
  known.forEach(({ row }, i) => {
    rows.set(row, i * columns);
  });
  const values = Float64Array.from(known, ({ value }) => value);
  const alike = new Float64Array(n * n);
  const slopes = new Float64Array(n * n);
  const factor = new Float64Array(n * n);
  const work = new Float64Array(n * n);
  const inverse = new Float64Array(n * n);
  const half = new Float64Array(n);
  const alpha = new Float64Array(n);
  const perColumn = new Float64Array(columns);
  return (theta: Float64Array, gradient: Float64Array): number => {
    const { weights, share } = kernelOf(theta);
    for (let i = 0; i < n; i++) {
      const row = alike.subarray(i * n, i * n + i);
      squaredDistances(rows.subarray(i * columns, (i + 1) * columns), rows, i, encoding, weights, row);
      matern(row, i, row, slopes.subarray(i * n, i * n + i));
      for (let j = 0; j < i; j++) factor[i * n + j] = share * (row[j] as number);
      factor[i * n + i] = 1 + (known[i] as FinalEstimate).error;
    }
    if (!factorize(factor, n)) return Number.POSITIVE_INFINITY;
    forwardSolve(factor, n, values, half);
    invert(factor, n, work, inverse);
    let value = 0;
    for (let i = 0; i < n; i++) {
      value += 0.5 * (half[i] as number) * (half[i] as number) + Math.log(factor[i * n + i] as number);
      let sum = 0;
      for (let j = 0; j < n; j++) sum += (inverse[i * n + j] as number) * (values[j] as number);
      alpha[i] = sum;
    }
    perColumn.fill(0);
    let byShare = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        const weight = (inverse[i * n + j] as number) - (alpha[i] as number) * (alpha[j] as number);
        byShare += weight * (alike[i * n + j] as number);
        const pull = weight * share * (slopes[i * n + j] as number);
        for (let c = 0; c < numbers; c++) {
          const d = (rows[i * columns + c] as number) - (rows[j * columns + c] as number);
          perColumn[c] = (perColumn[c] as number) + pull * d * d;
        }
        for (let c = numbers; c < columns; c++)
          if (rows[i * columns + c] !== rows[j * columns + c]) perColumn[c] = (perColumn[c] as number) + pull;
      }
    gradient.fill(0);
    for (let c = 0; c < columns; c++) {
      const axis = axisOf[c] as number;
      gradient[axis] = (gradient[axis] as number) + (perColumn[c] as number) * (weights[c] as number);
    }
    gradient[axes] = byShare * share * (1 - share);
    for (let p = 0; p < theta.length; p++) {
      const off = ((theta[p] as number) - (prior.mean[p] as number)) / (prior.deviation[p] as number);
      value += 0.5 * off * off;
      gradient[p] = (gradient[p] as number) + off / (prior.deviation[p] as number);
    }
    return value;
  };
}
