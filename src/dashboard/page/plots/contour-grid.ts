import { MISSING } from '../store/fields.js';

/** Means of the objective over two parameters, smoothed; NaN where no trial is near. */
export type Grid = {
  readonly size: number;
  readonly values: Float32Array;
  readonly low: number;
  readonly high: number;
};

/**
 * Returns a grid of smoothed means: each trial is spread over its neighborhood, closer trials count more. `values` are places
 * of the objective on its scale, so that a logarithmic objective is averaged as it is drawn.
 */
export function gridOf(
  { xs, ys, values, mask }: { xs: Uint16Array; ys: Uint16Array; values: Uint16Array; mask: Uint8Array },
  size: number,
): Grid {
  const sums = new Float64Array(size * size);
  const weights = new Float64Array(size * size);
  let count = 0;
  for (let k = 0; k < mask.length; k++) {
    const [x, y, value] = [xs[k] as number, ys[k] as number, values[k] as number];
    if (!mask[k] || x === MISSING || y === MISSING || value === MISSING) continue;
    const at =
      Math.min(size - 1, ((y * size) / 65_535) | 0) * size + Math.min(size - 1, ((x * size) / 65_535) | 0);
    sums[at] = (sums[at] as number) + value / 65_534;
    weights[at] = (weights[at] as number) + 1;
    count++;
  }
  // With few trials each one stands for more of the plane.
  const radius = Math.max(1, size * Math.min(0.16, 0.5 / Math.sqrt(Math.max(1, count))) * 1.1);
  const values2 = new Float32Array(size * size).fill(Number.NaN);
  const [smoothSums, smoothWeights] = [blur(sums, size, radius), blur(weights, size, radius)];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < values2.length; k++) {
    const weight = smoothWeights[k] as number;
    if (weight < 0.004) continue;
    const value = (smoothSums[k] as number) / weight;
    values2[k] = value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { size, values: values2, low, high };
}

/** A Gaussian in both directions. */
function blur(values: Float64Array, size: number, radius: number): Float64Array {
  const reach = Math.ceil(radius * 3);
  const kernel = Float64Array.from({ length: reach + 1 }, (_, k) => Math.exp(-0.5 * (k / radius) ** 2));
  const pass = (from: Float64Array, stepOut: number, stepIn: number) => {
    const to = new Float64Array(size * size);
    for (let out = 0; out < size; out++)
      for (let at = 0; at < size; at++) {
        const value = from[out * stepOut + at * stepIn] as number;
        if (value === 0) continue;
        for (let d = -reach; d <= reach; d++) {
          const place = at + d;
          if (place < 0 || place >= size) continue;
          const index = out * stepOut + place * stepIn;
          to[index] = (to[index] as number) + value * (kernel[Math.abs(d)] as number);
        }
      }
    return to;
  };
  return pass(pass(values, size, 1), 1, size);
}
