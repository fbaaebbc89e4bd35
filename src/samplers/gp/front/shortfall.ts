import { logCdf, logH } from '../log-ei.js';

/** The logarithm of an expectation, and its derivatives by the mean and the deviation of the prediction. */
export type Shortfall = { log: number; byMean: number; byDeviation: number };

/** Below this, the log-normal distribution is a normal one. */
const STRAIGHT = 1e-4;

/**
 * Computes the logarithm of E max(0, e^(rate a) - e^(rate Z)) for a normal Z with this mean and deviation: how far a value falls
 * short of a limit `a`, in the objective's own units. With z = (a - mean) / deviation and s = rate deviation it is
 * e^(rate a) (F(z) - e^(s (s / 2 - z)) F(z - s)), as in `gain`.
 */
export function logShortfall(a: number, mean: number, deviation: number, rate: number, to: Shortfall): void {
  const z = (a - mean) / deviation;
  const s = rate * deviation;
  if (s < STRAIGHT) {
    const { log, slope } = logH(z);
    to.log = rate * a + Math.log(s) + log;
    to.byMean = -slope / deviation;
    to.byDeviation = (1 - slope * z) / deviation;
    return;
  }
  const below = logCdf(z).log;
  const paid = logCdf(z - s).log + s * (0.5 * s - z);
  const log = below + Math.log(-Math.expm1(Math.min(0, paid - below)));
  const share = Math.exp(paid - log);
  to.log = rate * a + log;
  to.byMean = -rate * share;
  to.byDeviation = rate * (Math.exp(-0.5 * z * z - LOG_ROOT_2PI - log) - s * share);
}

const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);
