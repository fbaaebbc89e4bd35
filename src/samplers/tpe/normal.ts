/**
 * Probability that a standard normal variable lies in [a, b], with a small relative error also far out in a tail.
 */
export function normalMass(a: number, b: number): number {
  // A difference of tails would lose every digit of so narrow a piece: its middle stands for it.
  if (b - a < 1e-5) return (b - a) * density((a + b) / 2);
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
