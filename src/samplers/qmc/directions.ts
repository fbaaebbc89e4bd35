import { makeRng } from '../../core/rng.js';
import { primitivePolynomials } from './polynomials.js';

/** Bits of a coordinate: a sequence repeats after 2^32 points. */
export const BITS = 32;

/**
 * Initial direction numbers of dimensions 2 to 64: S. Joe and F. Y. Kuo, Constructing Sobol' sequences with better
 * two-dimensional projections, SIAM J. Sci. Comput. 30 (2008), the set new-joe-kuo-6. Row d has as many numbers as the
 * polynomial of its dimension has degrees.
 */
const INITIAL = `
  1, 1 3, 1 3 1, 1 1 1, 1 1 3 3, 1 3 5 13, 1 1 5 5 17, 1 1 5 5 5, 1 1 7 11 19, 1 1 5 1 1, 1 1 1 3 11,
  1 3 5 5 31, 1 3 3 9 7 49, 1 1 1 15 21 21, 1 3 1 13 27 49, 1 1 1 15 7 5, 1 3 1 15 13 25,
  1 1 5 5 19 61, 1 3 7 11 23 15 103, 1 3 7 13 13 15 69, 1 1 3 13 7 35 63, 1 3 5 9 1 25 53,
  1 3 1 13 9 35 107, 1 3 1 5 27 61 31, 1 1 5 11 19 41 61, 1 3 5 3 3 13 69, 1 1 7 13 1 19 1,
  1 3 7 5 13 19 59, 1 1 3 9 25 29 41, 1 3 5 13 23 1 55, 1 3 7 3 13 59 17, 1 3 1 3 5 53 69,
  1 1 5 5 23 33 13, 1 1 7 7 1 61 123, 1 1 7 9 13 61 49, 1 3 3 5 3 55 33, 1 3 1 15 31 13 49 245,
  1 3 5 15 31 59 63 97, 1 3 1 11 11 11 77 249, 1 3 1 11 27 43 71 9, 1 1 7 15 21 11 81 45,
  1 3 7 3 25 31 65 79, 1 3 1 1 19 11 3 205, 1 1 5 9 19 21 29 157, 1 3 7 11 1 33 89 185,
  1 3 3 3 15 9 79 71, 1 3 7 11 15 39 119 27, 1 1 3 1 11 31 97 225, 1 1 1 3 23 43 57 177,
  1 3 7 7 17 17 37 71, 1 3 1 5 27 63 123 213, 1 1 3 5 11 43 53 133, 1 3 5 5 29 17 47 173 479,
  1 3 3 11 3 1 109 9 69, 1 1 1 5 17 39 23 5 343, 1 3 1 5 25 15 31 103 499, 1 1 1 11 11 17 63 105 183,
  1 1 5 11 9 29 97 231 363, 1 1 5 15 19 45 41 7 383, 1 3 7 7 31 19 83 137 221,
  1 1 1 3 23 15 111 223 83, 1 1 5 13 31 15 55 25 161, 1 1 3 13 25 47 39 87 257
`
  .split(',')
  .map((row) => row.trim().split(' ').map(Number));

/** The dimensions whose initial numbers were found by search; those of later ones are drawn (see below). */
export const SEARCHED_DIMENSIONS = INITIAL.length + 1;

const polynomials: number[] = [];

/**
 * Returns the direction numbers of a dimension (0-based), as fractions of 2^32: bit k of a point's Gray code adds the k-th.
 *
 * Any odd initial numbers m_i < 2^i make a Sobol' sequence; the search of Joe and Kuo makes its two-dimensional
 * projections even. Beyond their first 64 dimensions, the numbers are drawn from a fixed generator of each dimension.
 * So any number of parameters needs no table, and each coordinate is still evenly spread.
 */
export function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) return v.map((_, k) => 2 ** (BITS - 1 - k));
  const p = polynomialOf(dimension);
  const degree = 31 - Math.clz32(p);
  const initial = INITIAL[dimension - 1] ?? drawnInitial(dimension, degree);
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      v[k] = (initial[k] as number) * 2 ** (BITS - 1 - k);
      continue;
    }
    // Bratley and Fox (1988): the recurrence that the polynomial's inner coefficients define.
    let next = (v[k - degree] as number) ^ ((v[k - degree] as number) >>> degree);
    for (let j = 1; j < degree; j++) if ((p >>> (degree - j)) & 1) next ^= v[k - j] as number;
    v[k] = next;
  }
  return v;
}

function drawnInitial(dimension: number, degree: number): number[] {
  const rng = makeRng(0, 'sobol-initial', dimension);
  return Array.from({ length: degree }, (_, k) => 2 * rng.int(2 ** k) + 1);
}

function polynomialOf(dimension: number): number {
  // Find them a hundred at a time: each search starts from the first polynomial again.
  if (dimension > polynomials.length)
    polynomials.splice(0, polynomials.length, ...primitivePolynomials(2 * dimension + 100));
  return polynomials[dimension - 1] as number;
}
