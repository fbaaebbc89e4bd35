import { descend, type Minimum } from './descend.js';
import { factorise, forwardSolve, invert } from './linalg.js';
import { matern, squaredDistances } from './matern.js';
import { warp } from './warp.js';

export type Data = {
  /** n rows of the encoding, one after the other. */
  readonly rows: Float64Array;
  readonly n: number;
  readonly columns: number;
  readonly numbers: number;
  readonly axisOf: Int32Array;
  readonly axes: number;
  /** Distances above the best value (see warp). */
  readonly u: Float64Array;
  /** Share of the noise variance that an observation carries: 1 / number of its repeats. */
  readonly noiseShare: Float64Array;
};

/** What is known before the fit. */
export type Beliefs = {
  /** Mean and standard deviation of the logarithm of the noise variance, where repeats tell. */
  readonly noise?: { readonly mean: number; readonly deviation: number };
  /** The bend is 0: the values mean what they say, as those of a constraint do. */
  readonly straight?: boolean;
};

/** Logarithms of: an inverse squared length scale for each axis, then variance, noise variance and bend. */
export type Theta = Float64Array;

/** Normal priors on the logarithms: [mean, standard deviation]; and the box searched. */
export const TUNE = {
  wMean: -0.3,
  wDim: 0,
  wSd: 0.8,
  varSd: 1,
  noiseMean: -8,
  noiseSd: 2,
  bendMean: 0,
  bendSd: 2,
  warmEvals: 10,
  coldEvals: 40,
  noiseLow: Math.log(1e-6),
};

export function priors(axes: number, beliefs: Beliefs = {}) {
  const size = axes + 3;
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  const low = new Float64Array(size);
  const high = new Float64Array(size);
  for (let k = 0; k < axes; k++) {
    mean[k] = TUNE.wMean - TUNE.wDim * Math.log(axes);
    deviation[k] = TUNE.wSd;
    low[k] = -12;
    high[k] = 9;
  }
  mean[axes] = 0;
  deviation[axes] = TUNE.varSd;
  low[axes] = -5;
  high[axes] = 6;
  mean[axes + 1] = beliefs.noise?.mean ?? TUNE.noiseMean;
  deviation[axes + 1] = beliefs.noise?.deviation ?? TUNE.noiseSd;
  low[axes + 1] = TUNE.noiseLow;
  high[axes + 1] = 1;
  mean[axes + 2] = TUNE.bendMean;
  deviation[axes + 2] = TUNE.bendSd;
  low[axes + 2] = Math.log(1e-3);
  high[axes + 2] = beliefs.straight ? (low[axes + 2] as number) : Math.log(1e3);
  return { mean, deviation, low, high };
}

/** The hyperparameters of the greatest posterior density that a local search finds. */
export function estimate(data: Data, remembered: Theta | null, beliefs: Beliefs = {}): Theta {
  const prior = priors(data.axes, beliefs);
  const objective = negativeLogPosterior(data, prior);
  const run = (start: Float64Array, evaluations: number): Minimum =>
    descend(objective, start, prior, { evaluations, tolerance: 3e-3, stride: 1 });
  if (remembered) return run(remembered, TUNE.warmEvals).x;
  const a = run(prior.mean, TUNE.coldEvals);
  return a.x;
}

/** Minus the log posterior density with its gradient: Rasmussen and Williams, Gaussian processes (2006), eq. 5.9. */
export function negativeLogPosterior(data: Data, prior: ReturnType<typeof priors>) {
  const { rows, n, columns, axisOf, axes, u, noiseShare } = data;
  const k = new Float64Array(n * n);
  const slopes = new Float64Array(n * n);
  const work = new Float64Array(n * n);
  const inverse = new Float64Array(n * n);
  const weights = new Float64Array(columns);
  const perColumn = new Float64Array(columns);
  const half = new Float64Array(n);
  const alpha = new Float64Array(n);
  return (theta: Float64Array, gradient: Float64Array): number => {
    const variance = Math.exp(theta[axes] as number);
    const noise = Math.exp(theta[axes + 1] as number);
    const bend = Math.exp(theta[axes + 2] as number);
    for (let c = 0; c < columns; c++) weights[c] = Math.exp(theta[axisOf[c] as number] as number);
    for (let i = 0; i < n; i++) {
      const row = k.subarray(i * n, i * n + i);
      squaredDistances(rows.subarray(i * columns, (i + 1) * columns), rows, i, data, weights, row);
      matern(row, i, row, slopes.subarray(i * n, i * n + i));
      for (let j = 0; j < i; j++) row[j] = (row[j] as number) * variance;
      k[i * n + i] = variance + noise * (noiseShare[i] as number);
    }
    if (!factorise(k, n)) return Number.POSITIVE_INFINITY;
    const { z, logJacobian } = warp(u, bend);
    forwardSolve(k, n, z, half);
    let value = -logJacobian;
    for (let i = 0; i < n; i++)
      value += 0.5 * (half[i] as number) * (half[i] as number) + Math.log(k[i * n + i] as number);
    invert(k, n, work, inverse);

    perColumn.fill(0);
    let byVariance = 0;
    let byNoise = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += (inverse[i * n + j] as number) * (z[j] as number);
      alpha[i] = sum;
    }
    for (let i = 0; i < n; i++) {
      const ai = alpha[i] as number;
      const own = (inverse[i * n + i] as number) - ai * ai;
      byNoise += 0.5 * noise * (noiseShare[i] as number) * own;
      const at = i * columns;
      for (let j = 0; j < i; j++) {
        const pull =
          ((inverse[i * n + j] as number) - ai * (alpha[j] as number)) *
          variance *
          (slopes[i * n + j] as number);
        const other = j * columns;
        for (let c = 0; c < data.numbers; c++) {
          const d = (rows[at + c] as number) - (rows[other + c] as number);
          perColumn[c] = (perColumn[c] as number) + pull * d * d;
        }
        for (let c = data.numbers; c < columns; c++)
          if (rows[at + c] !== rows[other + c]) perColumn[c] = (perColumn[c] as number) + pull;
      }
      // tr(K^-1 K) - alpha' K alpha without the noise part, by K alpha = z.
      byVariance += 0.5 * (1 - ai * (z[i] as number));
    }
    byVariance -= byNoise;
    gradient.fill(0);
    for (let c = 0; c < columns; c++) {
      const g = axisOf[c] as number;
      gradient[g] = (gradient[g] as number) + (perColumn[c] as number) * (weights[c] as number);
    }
    gradient[axes] = byVariance;
    gradient[axes + 1] = byNoise;
    // By the bend: the warp's own derivative is messy, a difference of warps is not, and costs n only.
    const step = 1e-5;
    const more = warp(u, bend * (1 + step));
    let byBend = logJacobian - more.logJacobian;
    for (let i = 0; i < n; i++) byBend += (alpha[i] as number) * ((more.z[i] as number) - (z[i] as number));
    gradient[axes + 2] = byBend / step;

    for (let p = 0; p < theta.length; p++) {
      const off = ((theta[p] as number) - (prior.mean[p] as number)) / (prior.deviation[p] as number);
      value += 0.5 * off * off;
      gradient[p] = (gradient[p] as number) + off / (prior.deviation[p] as number);
    }
    return value;
  };
}
