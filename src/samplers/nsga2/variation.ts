import type { Rng } from '../../core/rng.js';

/**
 * Distribution indices of crossover and mutation: larger keeps a child nearer to its parents. Both are below the
 * customary 15 to 20, because 100 to 200 trials give few generations, and each has to move further.
 */
const CROSSOVER_ETA = 15;
const MUTATION_ETA = 5;

/**
 * Returns a number near one of two parents in [0, 1], by bounded simulated binary crossover (Deb and Agrawal, Simulated
 * binary crossover for continuous search space, Complex Systems 9, 1995): children spread as much as their parents.
 */
export function crossNumbers(a: number, b: number, rng: Rng): number {
  const u = rng.float();
  const nearLow = rng.float() < 0.5;
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  const gap = high - low;
  if (gap < 1e-14) return a;
  // The distance from the nearer parent to its bound limits the distribution.
  const room = nearLow ? low : 1 - high;
  const alpha = 2 - power(1 + (2 * room) / gap, -(CROSSOVER_ETA + 1));
  const spread = power(u * alpha <= 1 ? u * alpha : 1 / (2 - u * alpha), 1 / (CROSSOVER_ETA + 1));
  return clip((low + high + (nearLow ? -spread : spread) * gap) / 2);
}

/**
 * Returns a number in [0, 1] after polynomial mutation, in the form that reaches both bounds: Deb and Agrawal, A
 * niched-penalty approach for constraint handling in genetic algorithms, ICANNGA 1999.
 */
export function mutateNumber(x: number, rng: Rng): number {
  const u = rng.float();
  const down = u < 0.5;
  const share = down ? 2 * u : 2 * (1 - u);
  const reach = power(down ? 1 - x : x, MUTATION_ETA + 1);
  const step = 1 - power(share + (1 - share) * reach, 1 / (MUTATION_ETA + 1));
  return clip(down ? x - step : x + step);
}

/** Returns x >= 0 to the power of y. */
function power(x: number, y: number): number {
  return x === 0 ? 0 : Math.exp(y * Math.log(x));
}

function clip(x: number): number {
  return Math.min(1, Math.max(0, x));
}
