import { makeRng, type Rng } from '../../core/rng.js';
import { BITS, directionNumbers } from './directions.js';

/** A sequence of points of the unit cube. */
export type Sequence = {
  /** Returns point `index` (0 <= index < 2^32), every coordinate inside (0, 1). */
  readonly point: (index: number) => number[];
};

/**
 * Returns a Sobol' sequence (1967) in Gray code order (Antonov and Saleev 1979). With a seed it is scrambled by a random
 * lower triangular matrix and a digital shift for each dimension (Matousek, J. Complexity 14, 1998): each coordinate
 * becomes uniform, and the evenness of the whole stays. Without a seed it is the plain sequence.
 */
export function makeSobol(dimensions: number, seed: number | null): Sequence {
  const columns = Array.from({ length: dimensions }, (_, d) => {
    const v = directionNumbers(d);
    if (seed === null) return { v, shift: 0 };
    const rng = makeRng(seed, 'sobol', d);
    return { v: scramble(v, rng), shift: word(rng) };
  });
  return {
    point: (index) => {
      const gray = (index ^ (index >>> 1)) >>> 0;
      return columns.map(({ v, shift }) => {
        let x = shift;
        for (let bits = gray, k = 0; bits !== 0; bits >>>= 1, k++) if (bits & 1) x ^= v[k] as number;
        // The middle of the cell, so that the result is never 0 or 1.
        return ((x >>> 0) + 0.5) / 2 ** BITS;
      });
    },
  };
}

/** Returns every direction number times one random lower triangular matrix of bits with ones on its diagonal. */
function scramble(v: Uint32Array, rng: Rng): Uint32Array {
  const rows = Array.from({ length: BITS }, (_, k) => {
    const diagonal = 2 ** (BITS - 1 - k);
    const left = (~(2 * diagonal - 1) & word(rng)) >>> 0;
    return k === 0 ? diagonal : (left | diagonal) >>> 0;
  });
  return v.map((number) => {
    let out = 0;
    for (const [k, row] of rows.entries()) out |= parity(row & number) << (BITS - 1 - k);
    return out;
  });
}

function parity(bits: number): number {
  let x = bits;
  for (const by of [16, 8, 4, 2, 1]) x ^= x >>> by;
  return x & 1;
}

const word = (rng: Rng): number => rng.int(2 ** BITS);
