import { backSolve, dot, factorize, forwardSolve, invert, solveRows } from '../../core/numeric/linalg.js';
import {
  type Here,
  here,
  type Known,
  known,
  type Rows,
  writeCovariances,
  writeDerivatives,
} from './covariances.js';
import { MEAN_VARIANCE, type Theta } from './priors.js';
import { TRAITS } from './trend.js';

/** Mean and standard deviation of the noiseless value at a row. */
export type Prediction = { mean: number; deviation: number };

/** Rows between two looks at what the deviation can still be. */
const CHUNK = 16;

/** Added to the variance, as a share of it, where rounding leaves the matrix without a factor. */
const JITTER = 1e-10;

/** What a model says at a row. */
export type Predictor = Pick<Posterior, 'mean' | 'predict' | 'predictUnless' | 'differentiate'>;

/** A Gaussian process given its hyperparameters and observations: Rasmussen and Williams (2006), algorithm 2.1. */
export class Posterior {
  readonly #known: Known;
  readonly #here: Here;
  readonly #n: number;
  readonly #factor: Float64Array;
  readonly #alpha: Float64Array;
  /** L^-1 k, and L^-T of that. */
  readonly #half: Float64Array;
  readonly #beta: Float64Array;
  /** The row that #here and #half belong to, if both belong to one. */
  readonly #row: Float64Array;
  #isSolved = false;
  /** The means at its own rows. */
  readonly own: Float64Array;

  /** `z`: the values at the rows; `noise`: the variance of each one's noise. */
  constructor(theta: Theta, data: Rows, z: Float64Array, noise: Float64Array) {
    const { rows, n, columns, numbers } = data;
    const span = TRAITS * numbers;
    this.#n = n;
    this.#known = known(data, theta);
    this.#here = here(this.#known);
    this.#half = new Float64Array(n);
    this.#beta = new Float64Array(n);
    this.#row = new Float64Array(columns);
    this.#factor = new Float64Array(n * n);
    for (let added = 0; added < 1; added = Math.max(10 * added, JITTER)) {
      for (let i = 0; i < n; i++) {
        this.#covariances(rows.subarray(i * columns, (i + 1) * columns), i);
        this.#known.traits.set(this.#here.point, i * span);
        this.#factor.set(this.#here.k.subarray(0, i), i * n);
        this.#factor[i * n + i] = this.#ownVariance() + added * this.#known.variance + (noise[i] as number);
      }
      if (factorize(this.#factor, n)) break;
    }
    this.#alpha = new Float64Array(n);
    forwardSolve(this.#factor, n, z, this.#half);
    backSolve(this.#factor, n, this.#half, this.#alpha);
    // K alpha, by (K + noise) alpha = z.
    this.own = z.map((value, i) => value - (noise[i] as number) * (this.#alpha[i] as number));
  }

  /** Returns the mean alone, without the solve that the deviation takes. */
  mean(row: Float64Array): number {
    this.#covariances(row);
    return this.#mean();
  }

  predict(row: Float64Array): Prediction {
    this.#covariances(row);
    forwardSolve(this.#factor, this.#n, this.#here.k, this.#half);
    this.#row.set(row);
    this.#isSolved = true;
    return this.#prediction();
  }

  /**
   * As `predict`, but null as soon as `isHopeless` says so of the mean and a deviation that the true one does not exceed: the
   * deviation falls with every row of the solve, which takes most of the time.
   */
  predictUnless(
    row: Float64Array,
    isHopeless: (mean: number, deviation: number) => boolean,
  ): Prediction | null {
    this.#covariances(row);
    const mean = this.#mean();
    let variance = this.#ownVariance();
    for (let from = 0; from < this.#n; from += CHUNK) {
      // Before the first rows hardly any point is hopeless.
      const isLook = from > 0 || this.#n <= CHUNK;
      if (isLook && isHopeless(mean, Math.sqrt(Math.max(variance, 0)))) return null;
      const to = Math.min(this.#n, from + CHUNK);
      solveRows(this.#factor, this.#n, this.#here.k, { from, to, out: this.#half });
      for (let i = from; i < to; i++) variance -= (this.#half[i] as number) * (this.#half[i] as number);
    }
    return { mean, deviation: this.#deviation(variance) };
  }

  /** As `predict`; also writes the derivatives by each number column. At the row of the last prediction it takes half of the time. */
  differentiate(row: Float64Array, byMean: Float64Array, byDeviation: Float64Array): Prediction {
    const prediction = this.#isAt(row) ? this.#prediction() : this.predict(row);
    backSolve(this.#factor, this.#n, this.#half, this.#beta);
    writeDerivatives(this.#known, row, this.#alpha, this.#here, byMean);
    writeDerivatives(this.#known, row, this.#beta, this.#here, byDeviation);
    const { numbers, trend } = this.#known;
    const { point, pointSlopes } = this.#here;
    // The variance before any observation grows with the trend.
    for (let f = 0; f < TRAITS * numbers; f++) {
      const c = Math.floor(f / TRAITS);
      const own = trend * (pointSlopes[f] as number) * (point[f] as number);
      byDeviation[c] = (byDeviation[c] as number) - own;
    }
    for (let c = 0; c < numbers; c++) byDeviation[c] = -(byDeviation[c] as number) / prediction.deviation;
    return prediction;
  }

  /** As `mean`; also writes its derivatives by each number column. */
  slope(row: Float64Array, byMean: Float64Array): number {
    this.#covariances(row);
    writeDerivatives(this.#known, row, this.#alpha, this.#here, byMean);
    return this.#mean();
  }

  /** Returns what the model expects of each observation from all others: Rasmussen and Williams (2006), eq. 5.12. `z`: the values. */
  leaveOneOut(z: Float64Array): Float64Array {
    const n = this.#n;
    const precision = new Float64Array(n * n);
    invert(this.#factor, n, new Float64Array(n * n), precision);
    return z.map((value, i) => value - (this.#alpha[i] as number) / (precision[i * n + i] as number));
  }

  /** Computes the covariances with the first so many rows. */
  #covariances(row: Float64Array, count = this.#n): void {
    this.#isSolved = false;
    writeCovariances(this.#known, row, count, this.#here);
  }

  /** Returns the variance before any observation, at the row whose covariances are known. */
  #ownVariance(): number {
    const { trend, variance } = this.#known;
    const { point } = this.#here;
    return MEAN_VARIANCE + trend * dot(point, 0, point, 0, point.length) + variance;
  }

  #isAt(row: Float64Array): boolean {
    if (!this.#isSolved) return false;
    for (let c = 0; c < row.length; c++) if (row[c] !== this.#row[c]) return false;
    return true;
  }

  /** Returns the prediction at the row whose L^-1 k is known. */
  #prediction(): Prediction {
    let variance = this.#ownVariance();
    for (let i = 0; i < this.#n; i++) variance -= (this.#half[i] as number) * (this.#half[i] as number);
    return { mean: this.#mean(), deviation: this.#deviation(variance) };
  }

  #deviation(variance: number): number {
    return Math.sqrt(Math.max(variance, 1e-12 * this.#known.variance));
  }

  /** Returns the mean at the row whose covariances are known. */
  #mean(): number {
    const { k } = this.#here;
    const alpha = this.#alpha;
    const n = this.#n;
    let mean = 0;
    for (let i = 0; i < n; i++) mean += (k[i] as number) * (alpha[i] as number);
    return mean;
  }
}
