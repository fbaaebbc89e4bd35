/** log h and the derivative of log h, where h(z) = phi(z) + z Phi(z). */
export type LogH = { log: number; slope: number };

const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * Computes the logarithm of the expected improvement of a standard normal variable over -z, without loss of digits however
 * far the improvement is: Ament et al., Unexpected improvements to expected improvement, NeurIPS 2023. Far out, Mills'
 * ratio is 1 / (x + r) with Laplace's continued fraction r, so that h(-x) = phi(x) r / (x + r) needs no difference.
 */
export function logH(z: number): LogH {
  if (z < -3) {
    const x = -z;
    const r = tail(x);
    return { log: -0.5 * x * x - LOG_ROOT_2PI + Math.log(r / (x + r)), slope: 1 / r };
  }
  const below = normalCdf(z);
  const h = Math.exp(-0.5 * z * z - LOG_ROOT_2PI) + z * below;
  return { log: Math.log(h), slope: below / h };
}

/** Computes log Phi(z) and its derivative, as stable as `logH`. */
export function logCdf(z: number): LogH {
  if (z < -3) {
    const denominator = -z + tail(-z);
    return { log: -0.5 * z * z - LOG_ROOT_2PI - Math.log(denominator), slope: denominator };
  }
  const below = normalCdf(z);
  return { log: Math.log(below), slope: Math.exp(-0.5 * z * z - LOG_ROOT_2PI) / below };
}

/** Returns 1 / (x + 2 / (x + 3 / (x + ...))), for x > 2. */
function tail(x: number): number {
  let fraction = x;
  for (let k = 40; k >= 2; k--) fraction = x + k / fraction;
  return 1 / fraction;
}

/** Returns P(Z <= z), for z >= -3 or so: Abramowitz and Stegun 26.2.11 in the middle, Mills' ratio beyond 3. */
function normalCdf(z: number): number {
  if (z > 3) return 1 - Math.exp(-0.5 * z * z - LOG_ROOT_2PI) / (z + tail(z));
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + Math.exp(-0.5 * z * z - LOG_ROOT_2PI) * sum;
}
