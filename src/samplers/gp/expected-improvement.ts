import { logCdf } from './log-ei.js';
import type { Scale } from './model.js';
import type { Prediction } from './posterior.js';

/**
 * Returns the expected improvement over a limit in the objective's own units; `prediction` and `limit` are on the model's
 * scale. There a value is normal. In its own units it is log-normal above the lowest value that the warp can represent:
 * E max(0, e^b - e^Z) = e^b F(z) - e^(m + s^2/2) F(z - s), for Z normal (m, s^2) and z = (b - m) / s, as in the price of
 * an option (Black and Scholes 1973). Computed with logarithms, so that nothing overflows.
 */
export function gain({ warped, unit }: Scale, { mean, deviation }: Prediction, limit: number): number {
  const z = (limit - mean) / deviation;
  const s = warped.rate * deviation;
  const below = Math.exp(logCdf(z).log);
  const paid = Math.exp(logCdf(z - s).log + s * (0.5 * s - z));
  return Math.max(0, unit * warped.reach(limit) * (below - paid));
}

/** Returns the standard deviation of one trial's noise in the objective's own units, for values near `at` on the model's scale. */
export function noiseAt({ warped, unit, noise }: Scale, at: number): number {
  const deviation = Math.sqrt(noise);
  // Half of the interval of one standard deviation on each side: the warp is not linear.
  return (unit * (warped.reach(at + deviation) - warped.reach(at - deviation))) / 2;
}
