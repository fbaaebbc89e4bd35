/** Returns P(Z > x) of the standard normal. Uses exp and sqrt alone, which agree across Node versions. */
export function upperTail(x: number): number {
  if (x < 0) return 1 - upperTail(-x);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x > 3) {
    // The continued fraction of Mills' ratio (Abramowitz and Stegun, 26.2.14).
    let fraction = x;
    for (let k = 60; k >= 1; k--) fraction = x + k / fraction;
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

/** Returns the x >= 0 with P(Z > x) = p, for 0 < p <= 1/2, by bisection; 40 at most. */
export function upperQuantile(p: number): number {
  let low = 0;
  let high = 40;
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
