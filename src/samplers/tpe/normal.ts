/** Largest argument of the table; 1 - cdf(8) is below 1e-15. */
const TOP = 8;
const CELLS = 4096;
let table: Float64Array | null = null;

/**
 * Probability that a standard normal variable is below z, within 2e-7: linear between the points of a table, since
 * the estimator asks for thousands of values for each proposal.
 */
export function normalCdf(z: number): number {
  if (z < 0) return 1 - normalCdf(-z);
  if (!(z < TOP)) return 1;
  table ??= Float64Array.from({ length: CELLS + 1 }, (_, k) => 1 - upperTail((k * TOP) / CELLS));
  const at = z * (CELLS / TOP);
  const cell = Math.floor(at);
  const below = table[cell] as number;
  return below + ((table[cell + 1] as number) - below) * (at - cell);
}

/**
 * P(Z > x) for x >= 0, half of erfc(x / sqrt 2), as the continued fraction of Mills' ratio beyond 3 and by its power
 * series before (Abramowitz and Stegun, 26.2.10 and 26.2.14). Uses exp alone, which agrees across Node versions.
 */
function upperTail(x: number): number {
  if (x > 3) {
    let fraction = x;
    for (let k = 40; k >= 1; k--) fraction = x + k / fraction;
    return density(x) / fraction;
  }
  let term = x;
  let sum = x;
  for (let k = 3; term > 1e-17 * sum; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 - density(x) * sum;
}

function density(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}
