import type { Theta } from './priors.js';

/** Returns hyperparameters as an attribute of a configuration holds them. */
export function storedTheta(theta: Theta): number[] {
  return Array.from(theta, (v) => Math.round(v * 1000) / 1000 + 0);
}

/** Returns hyperparameters from an attribute; null where it holds none for so many axes. */
export function thetaFrom(stored: unknown, axes: number): Theta | null {
  if (!Array.isArray(stored) || stored.length !== axes + 4 || !stored.every((v) => Number.isFinite(v)))
    return null;
  return Float64Array.from(stored as number[]);
}
