/**
 * Probability that a standard normal variable lies in [a, b], with a small relative error also far out in a tail.
 */
export function normalMass(a: number, b: number): number {
  if (a > 0) return upperTail(a) - upperTail(b);
  if (b < 0) return upperTail(-b) - upperTail(-a);
  return 1 - upperTail(-a) - upperTail(b);
}

/**
 * P(Z > x) for x >= 0, half of erfc(x / sqrt 2), as the continued fraction of Mills' ratio beyond 3 and by its power
 * series before (Abramowitz and Stegun, 26.2.10 and 26.2.14). Uses exp alone, which agrees across Node versions.
 */
function upperTail(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (x > 3) {
    let fraction = x;
    for (let k = 40; k >= 1; k--) fraction = x + k / fraction;
    return density / fraction;
  }
  let term = x;
  let sum = x;
  for (let k = 3; term > 1e-17 * sum; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 - density * sum;
}
