import { factorize, invert } from '../core/numeric/linalg.js';
import { type FinalEstimate, MOST_FITTED } from './config-kernel.js';
import type { Evidence, Measurements } from './factors.js';
import type { LearningCurve } from './learning-curves.js';

/** A trial with what its own curve says. */
export type Trial = {
  readonly curve: LearningCurve;
  readonly row: Float64Array | null;
  readonly evidence: Evidence;
  /** Mean and variance of the first factor, by the trial's own curve. */
  readonly alone: { readonly mean: number; readonly variance: number };
};

/** Returns the first factor by one trial's own evidence. */
export function finalAlone({ precision, pull }: Evidence): { mean: number; variance: number } {
  const size = pull.length;
  const factor = Float64Array.from(precision);
  for (let k = 0; k < size; k++) factor[k * size + k] = (factor[k * size + k] as number) + 1;
  const inverse = new Float64Array(size * size);
  if (size === 0 || !factorize(factor, size)) return { mean: 0, variance: 1 };
  invert(factor, size, new Float64Array(size * size), inverse);
  let mean = 0;
  for (let k = 0; k < size; k++) mean += (inverse[k] as number) * (pull[k] as number);
  return { mean, variance: inverse[0] as number };
}

/** Precision of a trial's own evidence for the first factor below which it says nothing. */
const LEAST_PRECISION = 0.05;

/** Returns what the kernel is fitted to: the trials whose own curves say most about their ends. */
export function finalsOf(trials: readonly Trial[]): FinalEstimate[] {
  const estimates = trials.flatMap(({ row, alone }): FinalEstimate[] => {
    const precision = 1 / alone.variance - 1;
    if (!row || !(precision > LEAST_PRECISION)) return [];
    return [{ row, value: alone.mean / alone.variance / precision, error: 1 / precision }];
  });
  if (estimates.length <= MOST_FITTED) return estimates;
  const least = estimates.map(({ error }) => error).sort((a, b) => a - b)[MOST_FITTED - 1] as number;
  return estimates.filter(({ error }) => error <= least).slice(0, MOST_FITTED);
}

/** Returns a trial's evidence as one measurement of the first factor. */
export function finalMeasured({ alone }: Trial, factors: number): Measurements {
  const precision = 1 / alone.variance - 1;
  if (!(precision > 1e-6)) return { count: 0, directions: new Float64Array(0), values: new Float64Array(0) };
  const directions = new Float64Array(factors);
  const root = Math.sqrt(precision);
  directions[0] = root;
  return { count: 1, directions, values: Float64Array.of(alone.mean / alone.variance / root) };
}
