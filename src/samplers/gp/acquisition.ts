import { logCdf, logH } from './log-ei.js';
import type { Predictor } from './posterior.js';

/** The score that selects a proposal; larger is better. */
export type Acquisition = {
  /** Returns the value; -Infinity is allowed where it is at most `floor`. */
  value(row: Float64Array, floor: number): number;
  /** Returns the value; writes its derivatives by the number columns to `gradient`. */
  differentiate(row: Float64Array, gradient: Float64Array): number;
  /** Whether `differentiate` takes from the value that was computed last, if that was at the same row, most of its work. */
  readonly splits: boolean;
};

/** A value that should be below a limit: the objective below the best so far, or a constraint below its bound. */
export type AcquisitionTarget = {
  readonly posterior: Predictor;
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
    gradient: Float64Array,
  ) => {
    const { mean, deviation } = posterior.differentiate(row, byMean, byDeviation);
    const z = (limit - mean) / deviation;
    const { log, slope } = logH(z);
    for (let c = 0; c < numbers; c++) {
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
  const total = (row: Float64Array, gradient: Float64Array | null, floor: number) => {
    gradient?.fill(0);
    let sum = 0;
    if (objective) sum = gradient ? improvement(objective, row, gradient) : improves(objective, row, floor);
    // A probability is at most 1.
    for (const each of constraints) {
      if (sum <= floor) return Number.NEGATIVE_INFINITY;
      sum += feasibility(each, row, gradient);
    }
    return sum;
  };
  return {
    value: (row, floor) => total(row, null, floor),
    differentiate: (row, gradient) => total(row, gradient, Number.NEGATIVE_INFINITY),
    splits: true,
  };
}

/** Returns the logarithm of the expected improvement, which grows with the deviation; -Infinity where it is at most `floor`. */
function improves({ posterior, limit }: AcquisitionTarget, row: Float64Array, floor: number): number {
  const at = (mean: number, deviation: number) => Math.log(deviation) + logH((limit - mean) / deviation).log;
  const found =
    floor === Number.NEGATIVE_INFINITY
      ? posterior.predict(row)
      : posterior.predictUnless(row, (mean, deviation) => at(mean, deviation) <= floor);
  return found ? at(found.mean, found.deviation) : Number.NEGATIVE_INFINITY;
}

/** Returns the sum of two logarithms. */
export function sumOf(one: Acquisition, other: Acquisition, numbers: number): Acquisition {
  const more = new Float64Array(numbers);
  return {
    value: (row) => one.value(row, Number.NEGATIVE_INFINITY) + other.value(row, Number.NEGATIVE_INFINITY),
    differentiate(row, gradient) {
      const value = one.differentiate(row, gradient) + other.differentiate(row, more);
      for (let c = 0; c < numbers; c++) gradient[c] = (gradient[c] as number) + (more[c] as number);
      return value;
    },
    splits: one.splits && other.splits,
  };
}
