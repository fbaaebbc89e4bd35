import type { Coordinate } from '../coordinate.js';
import {
  type Covariance,
  combine,
  fromEntries,
  identity,
  stretch,
  variance,
  whiten,
  widen,
} from './covariance.js';
import { shiftToMargin } from './margin.js';
import { type Constants, makeConstants } from './parameters.js';

/** With this many coordinates or more, only variances are adapted: a full covariance would learn too slowly. */
const DIAGONAL_FROM = 65;

/** The state of a CMA evolution strategy in the unit cube between two generations. Immutable. */
export type Strategy = {
  readonly constants: Constants;
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly covariance: Covariance;
  readonly pathSigma: Float64Array;
  readonly pathC: Float64Array;
  /** (1 - cSigma)^(2 generations): the weight that the start still has in pathSigma. */
  readonly startShare: number;
};

/** A member of a generation; lists of members are sorted, best first. */
export type Member = {
  readonly x: ArrayLike<number>;
  /** Drawn from an earlier state than the one it updates. */
  readonly late: boolean;
};

export function freshStrategy(mean: Float64Array, sigma: number, lambda: number): Strategy {
  const n = mean.length;
  const diagonal = n >= DIAGONAL_FROM;
  return {
    constants: makeConstants(n, lambda, diagonal),
    mean,
    sigma,
    covariance: identity(n, diagonal),
    pathSigma: new Float64Array(n),
    pathC: new Float64Array(n),
    startShare: 1,
  };
}

/** Returns the point for a standard normal z; it may lie outside the cube. */
export function pointAt({ mean, sigma, covariance }: Strategy, z: Float64Array): Float64Array {
  const y = stretch(covariance, z);
  return mean.map((m, i) => m + sigma * (y[i] as number));
}

/**
 * Returns the next state: Hansen's tutorial (arXiv 1604.00772, 2016), equations 38 to 47, with negative weights for the
 * worse half. A late member's step is cut to a usual length, so that it cannot disturb the adaptation (Hansen,
 * Injecting external solutions into CMA-ES, arXiv 1110.4181). Discrete coordinates keep a margin (see `shiftToMargin`).
 */
export function advance(
  s: Strategy,
  ranked: readonly Member[],
  coordinates: readonly (Coordinate | null)[],
): Strategy {
  const c = constantsFor(s, ranked.length);
  const { n, muEff } = c;
  const steps = ranked.map((member) => stepOf(s, member));
  const move = new Float64Array(n);
  for (const [i, { y }] of steps.entries()) {
    const w = Math.max(0, c.weights[i] as number);
    for (let j = 0; j < n; j++) move[j] = (move[j] as number) + w * (y[j] as number);
  }

  const white = whiten(s.covariance, move);
  const pathSigma = blend(s.pathSigma, 1 - c.cSigma, white, Math.sqrt(c.cSigma * (2 - c.cSigma) * muEff));
  const startShare = s.startShare * (1 - c.cSigma) * (1 - c.cSigma);
  const length = norm(pathSigma);
  // A path that is too long means that sigma is too small: the covariance must not compensate for it.
  const quiet = length / Math.sqrt(1 - startShare) < (1.4 + 2 / (n + 1)) * c.chiN;
  const pathC = blend(s.pathC, 1 - c.cC, move, quiet ? Math.sqrt(c.cC * (2 - c.cC) * muEff) : 0);

  const terms = steps.map(({ y, squared }, i) => {
    const w = c.weights[i] as number;
    return { weight: c.cMu * (w >= 0 ? w : (w * n) / Math.max(squared, 1e-20)), y };
  });
  const lost = quiet ? 0 : c.c1 * c.cC * (2 - c.cC);
  const factor = 1 + lost - c.c1 - c.cMu * c.weights.reduce((sum, w) => sum + w, 0);
  const entries = combine(s.covariance, factor, [{ weight: c.c1, y: pathC }, ...terms]);

  const mean = s.mean.map((m, j) => m + s.sigma * (move[j] as number));
  const sigma = bounded(
    s.sigma * Math.exp(Math.min(1, (c.cSigma / c.dSigma) * (length / c.chiN - 1))),
    entries,
    n,
  );
  for (const [j, coordinate] of coordinates.entries()) {
    if (!coordinate?.cell) continue;
    const deviation = sigma * Math.sqrt(Math.max(0, variance({ n, entries } as Covariance, j)));
    const kept = shiftToMargin(
      mean[j] as number,
      deviation,
      coordinate.cell(mean[j] as number),
      1 / (n * c.lambda),
    );
    mean[j] = kept.mean;
    widen(entries, n, j, kept.widening);
  }
  const covariance = fromEntries(n, entries);
  return { constants: s.constants, mean, sigma, covariance, pathSigma, pathC, startShare };
}

/** Returns the constants of an update by this many members. */
export function constantsFor({ constants, covariance }: Strategy, members: number): Constants {
  if (members <= constants.lambda) return constants;
  return makeConstants(constants.n, members, covariance.basis === null);
}

/** Returns (x - mean) / sigma and its squared length under the covariance. */
function stepOf({ mean, sigma, covariance, constants: { n } }: Strategy, { x, late }: Member) {
  const y = mean.map((m, j) => ((x[j] as number) - m) / sigma);
  const white = whiten(covariance, y);
  const squared = white.reduce((sum, v) => sum + v * v, 0);
  const limit = Math.sqrt(n) + (2 * n) / (n + 2);
  if (!late || squared <= limit * limit) return { y, squared };
  const cut = limit / Math.sqrt(squared);
  return { y: y.map((v) => v * cut), squared: limit * limit };
}

/** Returns sigma, at most as wide as the cube itself: where all values are equal, it would grow without limit. */
function bounded(sigma: number, entries: Float64Array, n: number): number {
  let widest = 0;
  for (let j = 0; j < n; j++) widest = Math.max(widest, variance({ n, entries } as Covariance, j));
  return widest > 0 ? Math.min(sigma, 1 / Math.sqrt(widest)) : sigma;
}

function blend(a: Float64Array, wa: number, b: Float64Array, wb: number): Float64Array {
  return a.map((v, i) => wa * v + wb * (b[i] as number));
}

function norm(v: Float64Array): number {
  return Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
}
