import { descend } from '../../core/numeric/descend.js';
import { backSolve, factorize, forwardSolve, invert } from '../../core/numeric/linalg.js';
import { matern } from '../../core/numeric/matern.js';
import { collect, pairsOf, weigh } from './pairs.js';
import { type Beliefs, MEAN_VARIANCE, type Priors, priorsOf, type Theta } from './priors.js';
import { shareOf, trendOf } from './trend.js';
import { warp } from './warp.js';

export type Data = {
  /** n rows of the encoding, concatenated. */
  readonly rows: Float64Array;
  readonly n: number;
  readonly columns: number;
  readonly numbers: number;
  readonly axisOf: Int32Array;
  readonly axes: number;
  /** Distances above the best value (see warp). */
  readonly u: Float64Array;
  /** Share of the noise variance in an observation: 1 / number of its repeats. */
  readonly noiseShare: Float64Array;
  /** Variance of an observation's own error on the model's scale, besides the noise: that of a forecast. */
  readonly error: Float64Array;
};

/** Evaluations of the density, from the prior's mean (`cold`) and from the end of the previous fit (`warm`). */
export const EVALUATIONS = { cold: 40, warm: 10 };

/** Up to `always` known values, every proposal fits; then every second, and beyond `often` every fourth. */
export const FITS = { always: 40, often: 150 };

/** Whether the last fit is used again: one more among many observations changes little. */
function isFitSkipped(known: number): boolean {
  if (known <= FITS.always) return false;
  return known % (known <= FITS.often ? 2 : 4) !== 0;
}

/**
 * Returns the hyperparameters with the greatest posterior density that a local search finds. `known`: the number of values,
 * also of those that the data leave out.
 */
export function estimate(
  data: Data,
  remembered: Theta | null,
  { known, ...beliefs }: Beliefs & { readonly known: number },
): Theta {
  if (remembered && isFitSkipped(known)) return remembered;
  const priors = priorsOf(data.axes, beliefs);
  return descend(negativeLogPosterior(data, priors), remembered ?? priors.mean, priors, {
    evaluations: remembered ? EVALUATIONS.warm : EVALUATIONS.cold,
    tolerance: 3e-3,
    stride: 1,
  }).x;
}

/** Returns minus the log posterior density, with its gradient: Rasmussen and Williams, Gaussian processes (2006), eq. 5.9. */
export function negativeLogPosterior(data: Data, priors: Priors) {
  const { n, columns, axisOf, axes, u, noiseShare, error } = data;
  const pairs = pairsOf(data);
  const unit = new Float64Array(pairs.count);
  const slopes = new Float64Array(pairs.count);
  const trends = trendOf(data);
  const shares = new Float64Array(data.numbers);
  const trendPairs = new Float64Array(pairs.count);
  const trendOwn = new Float64Array(n);
  const pulls = new Float64Array(pairs.count);
  const ownPulls = new Float64Array(n);
  const perTrend = new Float64Array(data.numbers);
  const ownPerTrend = new Float64Array(data.numbers);
  const k = new Float64Array(n * n);
  const work = new Float64Array(n * n);
  const inverse = new Float64Array(n * n);
  const weights = new Float64Array(columns);
  const perColumn = new Float64Array(columns);
  const half = new Float64Array(n);
  const alpha = new Float64Array(n);
  return (theta: Float64Array, gradient: Float64Array): number => {
    const variance = Math.exp(theta[axes] as number);
    const trend = Math.exp(theta[axes + 1] as number);
    const noise = Math.exp(theta[axes + 2] as number);
    const bend = Math.exp(theta[axes + 3] as number);
    for (let c = 0; c < columns; c++) weights[c] = Math.exp(theta[axisOf[c] as number] as number);
    weigh(pairs, weights, unit);
    matern(unit, pairs.count, unit, slopes);
    for (let c = 0; c < shares.length; c++) shares[c] = shareOf(weights[c] as number);
    weigh(trends.pairs, shares, trendPairs);
    weigh(trends.own, shares, trendOwn);
    for (let i = 0, at = 0; i < n; i++) {
      const row = i * n;
      for (let j = 0; j < i; j++, at++)
        k[row + j] = MEAN_VARIANCE + trend * (trendPairs[at] as number) + variance * (unit[at] as number);
      const own = MEAN_VARIANCE + trend * (trendOwn[i] as number) + variance;
      k[row + i] = own + noise * (noiseShare[i] as number) + (error[i] as number);
    }
    if (!factorize(k, n)) return Number.POSITIVE_INFINITY;
    const { z, logJacobian } = warp(u, bend);
    forwardSolve(k, n, z, half);
    backSolve(k, n, half, alpha);
    let value = -logJacobian;
    for (let i = 0; i < n; i++)
      value += 0.5 * (half[i] as number) * (half[i] as number) + Math.log(k[i * n + i] as number);
    invert(k, n, work, inverse);

    let byVariance = 0;
    let byMean = 0;
    let byNoise = 0;
    let byError = 0;
    for (let i = 0, at = 0; i < n; i++) {
      const row = i * n;
      const ai = alpha[i] as number;
      const own = (inverse[row + i] as number) - ai * ai;
      byNoise += 0.5 * noise * (noiseShare[i] as number) * own;
      byError += 0.5 * (error[i] as number) * own;
      byMean += 0.5 * own;
      ownPulls[i] = 0.5 * own;
      // tr(K^-1 K) - alpha' K alpha without the parts of the mean, the trend, the noise and the errors, by K alpha = z.
      byVariance += 0.5 * (1 - ai * (z[i] as number));
      for (let j = 0; j < i; j++, at++) {
        const both = (inverse[row + j] as number) - ai * (alpha[j] as number);
        byMean += both;
        pulls[at] = both;
        slopes[at] = both * variance * (slopes[at] as number);
      }
    }
    collect(pairs, slopes, perColumn);
    collect(trends.pairs, pulls, perTrend);
    collect(trends.own, ownPulls, ownPerTrend);
    gradient.fill(0);
    let byTrend = 0;
    for (let c = 0; c < shares.length; c++) {
      const g = axisOf[c] as number;
      const share = shares[c] as number;
      const part = trend * share * ((perTrend[c] as number) + (ownPerTrend[c] as number));
      byTrend += part;
      gradient[g] = (gradient[g] as number) + (1 - share) * part;
    }
    byVariance -= MEAN_VARIANCE * byMean + byTrend + byNoise + byError;
    for (let c = 0; c < columns; c++) {
      const g = axisOf[c] as number;
      gradient[g] = (gradient[g] as number) + (perColumn[c] as number) * (weights[c] as number);
    }
    gradient[axes] = byVariance;
    gradient[axes + 1] = byTrend;
    gradient[axes + 2] = byNoise;
    // By the bend: the warp has no simple derivative, so take a difference of two warps. It costs only O(n).
    const step = 1e-5;
    const more = warp(u, bend * (1 + step));
    let byBend = logJacobian - more.logJacobian;
    for (let i = 0; i < n; i++) byBend += (alpha[i] as number) * ((more.z[i] as number) - (z[i] as number));
    gradient[axes + 3] = byBend / step;

    for (let p = 0; p < theta.length; p++) {
      const off = ((theta[p] as number) - (priors.mean[p] as number)) / (priors.deviation[p] as number);
      const tail = priors.tail[p] as number;
      const near = Math.max(-tail, Math.min(tail, off));
      value += near * (off - 0.5 * near);
      gradient[p] = (gradient[p] as number) + near / (priors.deviation[p] as number);
    }
    return value;
  };
}
