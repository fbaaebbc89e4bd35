import { logCdf, logH } from './log-ei.js';
import type { Posterior } from './posterior.js';

/** The score that selects a proposal; larger is better. */
export type Acquisition = {
  value(row: Float64Array): number;
  /** Returns the value; writes its derivatives by the number columns to `gradient`. */
  differentiate(row: Float64Array, gradient: Float64Array): number;
};

/** A value that should be below a limit: the objective below the best so far, or a constraint below its bound. */
export type AcquisitionTarget = {
  readonly posterior: Posterior;
  readonly limit: number;
  /** Adds a steep penalty where the target is unlikely to hold: otherwise, once all else is known, any small probability of improvement looks good. */
  readonly firm?: boolean;
};
const FIRM = 1e3;

/**
 * Returns the logarithm of the expected improvement times the probability of being feasible (Gardner et al., Bayesian
 * optimization with inequality constraints, ICML 2014). Until something is feasible, that probability alone.
 */
export function makeAcquisition(
  objective: AcquisitionTarget | null,
  constraints: readonly AcquisitionTarget[],
  numbers: number,
): Acquisition {
  const byMean = new Float64Array(numbers);
  const byDeviation = new Float64Array(numbers);
  const improvement = (
    { posterior, limit }: AcquisitionTarget,
    row: Float64Array,
    gradient: Float64Array | null,
  ) => {
    const { mean, deviation } = gradient
      ? posterior.differentiate(row, byMean, byDeviation)
      : posterior.predict(row);
    const z = (limit - mean) / deviation;
    const { log, slope } = logH(z);
    for (let c = 0; gradient && c < numbers; c++) {
      const change = (1 - slope * z) * (byDeviation[c] as number) - slope * (byMean[c] as number);
      gradient[c] = (gradient[c] as number) + change / deviation;
    }
    return Math.log(deviation) + log;
  };
  const feasibility = (
    { posterior, limit, firm }: AcquisitionTarget,
    row: Float64Array,
    gradient: Float64Array | null,
  ) => {
    const { mean, deviation } = gradient
      ? posterior.differentiate(row, byMean, byDeviation)
      : posterior.predict(row);
    const z = (limit - mean) / deviation;
    let { log, slope } = logCdf(z);
    if (firm && z < -0.5) {
      log -= FIRM * (z + 0.5) * (z + 0.5);
      slope -= 2 * FIRM * (z + 0.5);
    }
    for (let c = 0; gradient && c < numbers; c++) {
      const change = -slope * ((byMean[c] as number) + z * (byDeviation[c] as number));
      gradient[c] = (gradient[c] as number) + change / deviation;
    }
    return log;
  };
  const total = (row: Float64Array, gradient: Float64Array | null) => {
    gradient?.fill(0);
    let sum = objective ? improvement(objective, row, gradient) : 0;
    for (const each of constraints) sum += feasibility(each, row, gradient);
    return sum;
  };
  return {
    value: (row) => total(row, null),
    differentiate: (row, gradient) => total(row, gradient),
  };
}

/** Returns the sum of two logarithms. */
export function sumOf(one: Acquisition, other: Acquisition, numbers: number): Acquisition {
  const more = new Float64Array(numbers);
  return {
    value: (row) => one.value(row) + other.value(row),
    differentiate(row, gradient) {
      const value = one.differentiate(row, gradient) + other.differentiate(row, more);
      for (let c = 0; c < numbers; c++) gradient[c] = (gradient[c] as number) + (more[c] as number);
      return value;
    },
  };
}
