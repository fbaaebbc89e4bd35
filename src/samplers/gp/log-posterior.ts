import type { LazyObjective } from '../../core/numeric/descend.js';
import { backSolve, factorize, forwardSolve, invertLower } from '../../core/numeric/linalg.js';
import { matern } from '../../core/numeric/matern.js';
import { commonShift, nearOf } from './common-shift.js';
import { collect, weigh } from './pairs.js';
import { MEAN_VARIANCE, type Priors } from './priors.js';
import { Room, type Rows } from './room.js';
import { shareOf } from './trend.js';
import { type Warped, warp } from './warp.js';

export type Data = Rows & {
  readonly axisOf: Int32Array;
  readonly axes: number;
  /** Distances above the best value (see warp). */
  readonly u: Float64Array;
  /** Share of the noise variance in an observation: 1 / number of its repeats. */
  readonly noiseShare: Float64Array;
  /** Variance of an observation's own error on the model's scale, besides the noise: that of a forecast. */
  readonly error: Float64Array;
};

/**
 * Returns minus the log posterior density, with its gradient: Rasmussen and Williams, Gaussian processes (2006), eq. 5.9. It computes in
 * a room that nothing else may use meanwhile.
 */
export function negativeLogPosterior(data: Data, priors: Priors, room = new Room()): LazyObjective {
  const { n, columns, numbers, axisOf, axes, u, noiseShare, error } = data;
  const { distances, trends, own: ownTrends } = room.take(data);
  const { unit, slopes, trendPairs, pulls, k, work, inverse } = room;
  const shares = new Float64Array(numbers);
  const trendOwn = new Float64Array(n);
  const ownPulls = new Float64Array(n);
  const perTrend = new Float64Array(numbers);
  const ownPerTrend = new Float64Array(numbers);
  const weights = new Float64Array(columns);
  const perColumn = new Float64Array(columns);
  const half = new Float64Array(n);
  const alpha = new Float64Array(n);
  let variance = Number.NaN;
  let trend = Number.NaN;
  let noise = Number.NaN;
  let bend = Number.NaN;
  let shift = 0;
  let warped: Warped = warp(u, 1);

  const offOf = (theta: Float64Array, p: number): number => {
    const mean = (priors.mean[p] as number) + (p < priors.shared ? shift : 0);
    return ((theta[p] as number) - mean) / (priors.deviation[p] as number);
  };
  const value = (theta: Float64Array): number => {
    variance = Math.exp(theta[axes] as number);
    trend = Math.exp(theta[axes + 1] as number);
    noise = Math.exp(theta[axes + 2] as number);
    bend = Math.exp(theta[axes + 3] as number);
    for (let c = 0; c < columns; c++) weights[c] = Math.exp(theta[axisOf[c] as number] as number);
    weigh(distances, weights, unit);
    matern(unit, distances.count, unit, slopes);
    for (let c = 0; c < numbers; c++) shares[c] = shareOf(weights[c] as number);
    weigh(trends, shares, trendPairs);
    weigh(ownTrends, shares, trendOwn);
    for (let i = 0, at = 0; i < n; i++) {
      const row = i * n;
      for (let j = 0; j < i; j++, at++)
        k[row + j] = MEAN_VARIANCE + trend * (trendPairs[at] as number) + variance * (unit[at] as number);
      const own = MEAN_VARIANCE + trend * (trendOwn[i] as number) + variance;
      k[row + i] = own + noise * (noiseShare[i] as number) + (error[i] as number);
    }
    if (!factorize(k, n)) return Number.POSITIVE_INFINITY;
    warped = warp(u, bend);
    forwardSolve(k, n, warped.z, half);
    backSolve(k, n, half, alpha);
    let sum = -warped.logJacobian;
    for (let i = 0; i < n; i++)
      sum += 0.5 * (half[i] as number) * (half[i] as number) + Math.log(k[i * n + i] as number);
    shift = commonShift(theta, priors);
    sum += (0.5 * shift * shift) / (priors.spread * priors.spread);
    for (let p = 0; p < theta.length; p++) {
      const off = offOf(theta, p);
      const near = nearOf(off, priors.tail[p] as number);
      sum += near * (off - 0.5 * near);
    }
    return sum;
  };

  const differentiate = (theta: Float64Array, gradient: Float64Array): void => {
    const { z, logJacobian } = warped;
    invertLower(k, n, work, inverse);

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
    collect(distances, slopes, perColumn);
    collect(trends, pulls, perTrend);
    collect(ownTrends, ownPulls, ownPerTrend);
    gradient.fill(0);
    let byTrend = 0;
    for (let c = 0; c < numbers; c++) {
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
      // The derivative by the common shift is 0, since it is the most likely one.
      const pull = nearOf(offOf(theta, p), priors.tail[p] as number) / (priors.deviation[p] as number);
      gradient[p] = (gradient[p] as number) + pull;
    }
  };
  return { value, differentiate };
}
