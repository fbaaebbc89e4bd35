/** A strategy's constants: N. Hansen, The CMA evolution strategy: a tutorial, arXiv 1604.00772 (2016), table 1. */
export type Constants = {
  readonly n: number;
  readonly lambda: number;
  /** From the best to the worst; the worse half is negative (active CMA). */
  readonly weights: readonly number[];
  readonly muEff: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cC: number;
  readonly c1: number;
  readonly cMu: number;
  /** Expected length of a standard normal vector. */
  readonly chiN: number;
};

/** The default population: 4 + floor(3 ln n). */
export const defaultPopulation = (n: number): number => 4 + Math.floor(3 * Math.log(n));

/**
 * Returns the constants for n coordinates and a population of lambda >= 2. With `diagonal` the covariance has n entries
 * instead of n^2 and learns faster (Ros and Hansen, A simple modification in CMA-ES, PPSN 2008).
 */
export function makeConstants(n: number, lambda: number, diagonal: boolean): Constants {
  const raw = Array.from({ length: lambda }, (_, i) => Math.log((lambda + 1) / 2) - Math.log(i + 1));
  const positive = raw.filter((w) => w > 0);
  const negative = raw.filter((w) => w <= 0);
  const muEff = effective(positive);
  const muEffMinus = effective(negative);
  const faster = diagonal ? (n + 2) / 3 : 1;
  const c1 = Math.min(0.5, (faster * 2) / ((n + 1.3) * (n + 1.3) + muEff));
  const cMu = Math.min(1 - c1, (faster * 2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) * (n + 2) + muEff));
  const alpha = Math.min(
    cMu > 0 ? 1 + c1 / cMu : 1,
    1 + (2 * muEffMinus) / (muEff + 2),
    cMu > 0 ? Math.max(0, 1 - c1 - cMu) / (n * cMu) : 1,
  );
  const up = sum(positive);
  const down = -sum(negative);
  const cSigma = (muEff + 2) / (n + muEff + 5);
  return {
    n,
    lambda,
    weights: raw.map((w) => (w > 0 ? w / up : down > 0 ? (alpha * w) / down : 0)),
    muEff,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma,
    cC: (4 + muEff / n) / (n + 4 + (2 * muEff) / n),
    c1,
    cMu,
    chiN: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** Returns the number of equal weights that would average out the same noise. */
function effective(weights: readonly number[]): number {
  const squares = sum(weights.map((w) => w * w));
  return squares === 0 ? 0 : (sum(weights) * sum(weights)) / squares;
}
