import { logCdf } from './log-ei.js';
import type { Scale } from './model.js';
import type { Prediction } from './posterior.js';

/**
 * The expected improvement over a limit in the objective's own units, where `prediction` and `limit` are on the model's
 * scale. There a value is normal, and in its own units log-normal above the lowest value that the warp can tell:
 * E max(0, e^b - e^Z) = e^b F(z) - e^(m + s^2/2) F(z - s), for Z normal (m, s^2) and z = (b - m) / s, as in the price of
 * an option (Black and Scholes 1973). Written with logarithms, so that nothing overflows.
 */
export function gain({ warped, unit }: Scale, { mean, deviation }: Prediction, limit: number): number {
  const z = (limit - mean) / deviation;
  const s = warped.rate * deviation;
  const below = Math.exp(logCdf(z).log);
  const paid = Math.exp(logCdf(z - s).log + s * (0.5 * s - z));
  return Math.max(0, unit * warped.reach(limit) * (below - paid));
}

/** The standard deviation of one trial's noise in the objective's own units, for values near `at` on the model's scale. */
export function noiseAt({ warped, unit, noise }: Scale, at: number): number {
  const deviation = Math.sqrt(noise);
  // Half of the interval of one standard deviation to either side: the warp bends it.
  return (unit * (warped.reach(at + deviation) - warped.reach(at - deviation))) / 2;
}
