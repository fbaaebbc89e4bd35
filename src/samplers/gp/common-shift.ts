import type { Priors } from './priors.js';

/** Newton steps at most; each either converges or halves a bracket that contains the shift. */
const MOST_STEPS = 60;
const TOLERANCE = 1e-12;

/**
 * Returns the most likely common shift of the first `shared` hyperparameters from their prior means: it has a normal prior of its own, and
 * each of them varies around it. So values that swing along every axis, or along none, are as likely as the middle between both, and
 * not a coincidence of as many independent deviations.
 */
export function commonShift(theta: Float64Array, { shared, spread, mean, deviation, tail }: Priors): number {
  const precision = 1 / (spread * spread);
  // The density falls on both sides of the shift.
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let shift = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    let slope = shift * precision;
    let curvature = precision;
    for (let p = 0; p < shared; p++) {
      const unit = deviation[p] as number;
      const off = ((theta[p] as number) - shift - (mean[p] as number)) / unit;
      const near = nearOf(off, tail[p] as number);
      slope -= near / unit;
      if (near === off) curvature += 1 / (unit * unit);
    }
    if (slope > 0) high = shift;
    else low = shift;
    const next = shift - slope / curvature;
    if (Math.abs(next - shift) <= TOLERANCE) return next;
    shift = next > low && next < high ? next : (low + high) / 2;
  }
  return shift;
}

/** Returns the part of a distance from a prior's mean up to which its density is normal. */
export function nearOf(off: number, tail: number): number {
  return Math.max(-tail, Math.min(tail, off));
}
