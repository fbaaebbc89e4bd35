import type { Rng } from '../core/rng.js';
import { type Images, PIXELS } from './data.js';

// The mean and standard deviation of all training pixels, as fractions of white: LeCun's usual normalization.
const MEAN = 0.1307;
const DEVIATION = 0.3081;
const NORMALIZED = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - MEAN) / DEVIATION);

export type Batch = { readonly count: number; readonly pixels: Float32Array; readonly labels: Uint8Array };

/** Yields the images in the given order, in batches of `size`; the last batch has the rest. */
export function* batches(images: Images, order: Uint32Array, size: number): Generator<Batch> {
  for (let start = 0; start < order.length; start += size) {
    const chosen = order.subarray(start, start + size);
    const pixels = new Float32Array(chosen.length * PIXELS);
    const labels = new Uint8Array(chosen.length);
    for (const [place, image] of chosen.entries()) {
      labels[place] = images.labels[image]!;
      const from = image * PIXELS;
      const to = place * PIXELS;
      for (let i = 0; i < PIXELS; i++) pixels[to + i] = NORMALIZED[images.pixels[from + i]!]!;
    }
    yield { count: chosen.length, pixels, labels };
  }
}

/** Returns 0, 1, ..., count - 1. */
export function inOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

/** Returns a random permutation of 0 ... count - 1 (Fisher and Yates). */
export function shuffled(count: number, rng: Rng): Uint32Array {
  const order = inOrder(count);
  for (let i = count - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
