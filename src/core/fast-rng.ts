import type { Rng } from './rng.js';

/**
 * Fast generators for the thousands of draws that the candidates of one proposal take, 32 bits a draw, each seeded by
 * the generator of the proposal. Integer arithmetic, sqrt, log and cos alone.
 *
 * There are two because each was there first in its sampler: a resumed study must propose what it would have proposed.
 * New code uses `makeSfc32`.
 */

/** Small Fast Counter (Doty-Humphrey, PractRand's sfc32); normal variables by the polar method (Marsaglia and Bray 1964). */
export function makeSfc32(rng: Rng): Rng {
  let a = Math.floor(rng.float() * 0x1_0000_0000) | 0;
  let b = Math.floor(rng.float() * 0x1_0000_0000) | 0;
  let c = Math.floor(rng.float() * 0x1_0000_0000) | 0;
  let counter = 1;
  let spare = Number.NaN;
  const float = () => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return (out >>> 0) / 0x1_0000_0000;
  };
  for (let k = 0; k < 12; k++) float();
  const normal = () => {
    // The method makes two at a time.
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    for (;;) {
      const u = 2 * float() - 1;
      const v = 2 * float() - 1;
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = v * scale;
      return u * scale;
    }
  };
  return { float, int: (n) => Math.min(n - 1, Math.floor(float() * n)), normal };
}

/** Xorshift with 128 bits of state (Marsaglia 2003); normal variables by Box and Muller (1958). */
export function makeXorshift(rng: Rng): Rng {
  let [x, y, z] = [rng.int(2 ** 32), rng.int(2 ** 32), rng.int(2 ** 32)];
  // The state must not be all zeros.
  let w = rng.int(2 ** 32) | 1;
  const float = () => {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return (w >>> 0) / 0x1_0000_0000;
  };
  return {
    float,
    int: (n) => Math.min(n - 1, Math.floor(float() * n)),
    normal: () => Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float()),
  };
}
