import type { Rng } from '../../core/rng.js';

/**
 * A quick generator for thousands of candidates, seeded by the study's: Marsaglia's xorshift with 128 bits of state
 * (Xorshift RNGs, 2003) and 32 bits a draw, in integer arithmetic alone.
 */
export function makeFastRng(rng: Rng): Rng {
  let [x, y, z] = [rng.int(2 ** 32), rng.int(2 ** 32), rng.int(2 ** 32)];
  // The state must not be all zeros.
  let w = rng.int(2 ** 32) | 1;
  const float = () => {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return (w >>> 0) / 2 ** 32;
  };
  return {
    float,
    int: (n) => Math.min(n - 1, Math.floor(float() * n)),
    normal: () => Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float()),
  };
}
