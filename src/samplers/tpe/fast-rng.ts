import type { Rng } from '../../core/rng.js';

/** The numbers of one proposal: a fast source for the thousands of draws that candidates take. */
export type Noise = {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
};

/**
 * Small Fast Counter (Doty-Humphrey, PractRand's sfc32) seeded from the generator of the proposal; normal variables by
 * the polar method (Marsaglia and Bray 1964), of which both are used. Integer arithmetic, sqrt and log alone.
 */
export function makeNoise(rng: Rng): Noise {
  let a = Math.floor(rng.float() * 0x1_0000_0000) | 0;
  let b = Math.floor(rng.float() * 0x1_0000_0000) | 0;
  let c = Math.floor(rng.float() * 0x1_0000_0000) | 0;
  let counter = 1;
  let spare = Number.NaN;
  const uniform = () => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return (out >>> 0) / 0x1_0000_0000;
  };
  for (let k = 0; k < 12; k++) uniform();
  const normal = () => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = v * scale;
      return u * scale;
    }
  };
  return { uniform, normal };
}
