/** Values on the scale of the model, with their term in the likelihood. */
export type Warped = {
  readonly z: Float64Array;
  /** Sum over the values of the logarithm of dz/dy, up to a constant. */
  readonly logJacobian: number;
  /** Returns the warped value of any other distance. */
  readonly at: (u: number) => number;
  /** Returns how far a warped value lies above the lowest distance that can be represented, -1/c. Inverse of `at`, plus 1/c. */
  readonly reach: (z: number) => number;
  /** `reach` grows by a factor of e^rate for each unit of z. */
  readonly rate: number;
};

/**
 * Returns log(1 + c u) / c of the distance u above the best value, in units of the median's distance, then standardized.
 * It ranges from c = 0 (linear) to a logarithm. Objectives that fall over orders of magnitude look smooth only on their
 * own scale, and the likelihood selects it (warped Gaussian processes: Snelson et al., NIPS 2003).
 */
export function warp(u: Float64Array, c: number): Warped {
  const n = u.length;
  const z = new Float64Array(n);
  let logJacobian = 0;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const bent = Math.log1p(c * (u[i] as number));
    logJacobian -= bent;
    z[i] = bent / c;
    sum += z[i] as number;
  }
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    z[i] = (z[i] as number) - mean;
    squares += (z[i] as number) * (z[i] as number);
  }
  const deviation = Math.sqrt(squares / n);
  const scale = deviation > 0 ? deviation : 1;
  for (let i = 0; i < n; i++) z[i] = (z[i] as number) / scale;
  return {
    z,
    logJacobian: deviation > 0 ? logJacobian - n * Math.log(scale) : 0,
    // Only a threshold can lie below the best value, and no further than the logarithm reaches.
    at: (u) => (Math.log1p(Math.max(c * u, -0.999)) / c - mean) / scale,
    reach: (at) => Math.exp(c * (mean + scale * at)) / c,
    rate: c * scale,
  };
}

/** A value may lie 1e300 above the best and the median next to it: the square of their ratio, or the ratio itself, overflows. */
const FARTHEST = 1e100;

/** Values as distances above the smallest one, in units of the median's distance; all 0 when the values are equal. */
export type Distances = { readonly u: Float64Array; readonly best: number; readonly unit: number };

export function distances(y: readonly number[]): Distances {
  const ascending = [...y].sort((a, b) => a - b);
  const best = ascending[0] as number;
  const above = ascending.slice(Math.floor(ascending.length / 2)).find((v) => v > best);
  const unit = (above ?? Number.POSITIVE_INFINITY) - best;
  return { u: Float64Array.from(y, (v) => Math.min((v - best) / unit, FARTHEST)), best, unit };
}
