import { factorize, invert } from '../core/numeric/linalg.js';
import { startingMeans } from './starting-means.js';
import type { CurvePoint, StepGrid } from './step-grid.js';

/** How the curves of a study behave: a normal distribution of their values at the knots, and the noise of each report. */
export type StepModel = {
  readonly mean: Float64Array;
  /** Row-major, knots x knots. */
  readonly covariance: Float64Array;
  readonly noise: number;
};

/** The prior's constants, chosen on families of curves of many kinds (`npm run bench -- curves`). */
export const STEP_PRIOR = {
  /** The prior counts as this many curves. */
  curves: 5,
  /** Correlation falls by a factor of e over this share of the range of log steps. */
  range: 0.7,
  /** The share of the variance that is the same at all steps. */
  level: 0.7,
  /** Variance of the noise, as a share of the variance between curves, and the number of reports that it counts as. */
  noise: 0.01,
  reports: 10,
};

const ROUNDS = 25;
const TOLERANCE = 1e-3;
const LEAST_VARIANCE = 1e-6;

/**
 * Returns the distribution of curves of the greatest posterior density, by expectation maximization over the values that were
 * not seen (Dempster, Laird and Rubin 1977), with an inverse Wishart prior around an exponential kernel. Trials that stopped
 * early were chosen by what they had shown, so the likelihood of all that was seen has no bias from that choice.
 */
export function fitSteps(grid: StepGrid, curves: readonly (readonly CurvePoint[])[]): StepModel {
  const size = grid.knots.length;
  const mean = startingMeans(grid, curves);
  const scale = varianceAround(mean, curves);
  const prior = priorCovariance(grid, scale);
  const covariance = Float64Array.from(prior);
  const priorNoise = STEP_PRIOR.noise * scale;
  let noise = priorNoise;
  const count = curves.length;
  const reports = curves.reduce((sum, points) => sum + points.length, 0);
  const groups = groupsOf(curves, size);
  const own = curves.map(() => new Float64Array(size));
  const work = new Float64Array(size * size);
  const inverse = new Float64Array(size * size);
  const posterior = new Float64Array(size * size);
  const factor = new Float64Array(size * size);
  const total = new Float64Array(size * size);
  const shift = new Float64Array(size);
  const deviation = new Float64Array(size);
  for (let round = 0; round < ROUNDS; round++) {
    factor.set(covariance);
    if (!factorize(factor, size)) break;
    invert(factor, size, work, inverse);
    total.fill(0);
    shift.fill(0);
    let squares = 0;
    for (const { precision, members } of groups) {
      for (let k = 0; k < size * size; k++)
        factor[k] = (inverse[k] as number) + (precision[k] as number) / noise;
      factorize(factor, size);
      invert(factor, size, work, posterior);
      for (let k = 0; k < size * size; k++) {
        total[k] = (total[k] as number) + members.length * (posterior[k] as number);
        squares += members.length * (posterior[k] as number) * (precision[k] as number);
      }
      for (const i of members) {
        const points = curves[i] as readonly CurvePoint[];
        const found = own[i] as Float64Array;
        pull(points, mean, noise, size, work);
        for (let a = 0; a < size; a++) {
          let sum = 0;
          for (let b = 0; b < size; b++) sum += (posterior[a * size + b] as number) * (work[b] as number);
          found[a] = sum;
          shift[a] = (shift[a] as number) + sum / count;
        }
        for (const { weights, value } of points) {
          let left = value;
          for (let k = 0; k < size; k++)
            left -= (weights[k] as number) * ((mean[k] as number) + (found[k] as number));
          squares += left * left;
        }
      }
    }
    let change = 0;
    for (let k = 0; k < size; k++) {
      mean[k] = (mean[k] as number) + (shift[k] as number);
      change = Math.max(change, Math.abs(shift[k] as number));
    }
    for (const found of own) {
      for (let k = 0; k < size; k++) deviation[k] = (found[k] as number) - (shift[k] as number);
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++)
          total[a * size + b] =
            (total[a * size + b] as number) + (deviation[a] as number) * (deviation[b] as number);
    }
    for (let k = 0; k < size * size; k++) {
      const next =
        (STEP_PRIOR.curves * (prior[k] as number) + (total[k] as number)) / (STEP_PRIOR.curves + count);
      change = Math.max(change, Math.abs(next - (covariance[k] as number)));
      covariance[k] = next;
    }
    noise = Math.max(
      (STEP_PRIOR.reports * priorNoise + squares) / (STEP_PRIOR.reports + reports),
      1e-4 * scale,
    );
    if (change < TOLERANCE * Math.sqrt(scale)) break;
  }
  return { mean, covariance, noise };
}

/** Curves that were seen at the same places: what is left unknown is the same for all of them. */
type Group = { readonly precision: Float64Array; readonly members: number[] };

function groupsOf(curves: readonly (readonly CurvePoint[])[], size: number): readonly Group[] {
  const groups = new Map<string, Group>();
  curves.forEach((points, i) => {
    const precision = precisionOf(points, size);
    const key = precision.join();
    const group = groups.get(key);
    if (group) group.members.push(i);
    else groups.set(key, { precision, members: [i] });
  });
  return [...groups.values()];
}

/** Returns the sum of the outer products of the observations' weights. */
function precisionOf(points: readonly CurvePoint[], size: number): Float64Array {
  const sum = new Float64Array(size * size);
  for (const { weights } of points)
    for (let a = 0; a < size; a++) {
      const wa = weights[a] as number;
      if (wa === 0) continue;
      for (let b = 0; b < size; b++)
        sum[a * size + b] = (sum[a * size + b] as number) + wa * (weights[b] as number);
    }
  return sum;
}

/** Writes the observations' deviations from the mean, weighted onto the knots and divided by the noise. */
function pull(
  points: readonly CurvePoint[],
  mean: Float64Array,
  noise: number,
  size: number,
  out: Float64Array,
): void {
  out.fill(0, 0, size);
  for (const { weights, value } of points) {
    let left = value;
    for (let k = 0; k < size; k++) left -= (weights[k] as number) * (mean[k] as number);
    for (let k = 0; k < size; k++) out[k] = (out[k] as number) + ((weights[k] as number) * left) / noise;
  }
}

function varianceAround(mean: Float64Array, curves: readonly (readonly CurvePoint[])[]): number {
  let squares = 0;
  let count = 0;
  for (const points of curves)
    for (const { weights, value } of points) {
      let left = value;
      for (let k = 0; k < mean.length; k++) left -= (weights[k] as number) * (mean[k] as number);
      squares += left * left;
      count++;
    }
  // With few curves the places are spread by 1 or so: the scale was made for that.
  return Math.max((squares + 2) / (count + 2), LEAST_VARIANCE);
}

function priorCovariance({ places }: StepGrid, scale: number): Float64Array {
  const size = places.length;
  const out = new Float64Array(size * size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++) {
      const distance = Math.abs((places[a] as number) - (places[b] as number));
      out[a * size + b] =
        scale * (STEP_PRIOR.level + (1 - STEP_PRIOR.level) * Math.exp(-distance / STEP_PRIOR.range));
    }
  return out;
}
