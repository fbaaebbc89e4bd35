import { backSolve, dot, factorize, forwardSolve, invert, solveRows } from '../../core/numeric/linalg.js';
import { matern, squaredDistances } from '../../core/numeric/matern.js';
import type { Data } from './fit.js';
import { MEAN_VARIANCE, type Theta } from './priors.js';
import { shareOf, TRAITS, writeSlopes, writeTraits } from './trend.js';

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
  readonly #shape: { readonly columns: number; readonly numbers: number };
  readonly #weights: Float64Array;
  readonly #variance: number;
  readonly #trend: number;
  /** The root of each column's share of the trend, the features of all rows, those of a point and their slopes. */
  readonly #roots: Float64Array;
  readonly #traits: Float64Array;
  readonly #point: Float64Array;
  readonly #pointSlopes: Float64Array;
  readonly #rows: Float64Array;
  readonly #n: number;
  readonly #factor: Float64Array;
  readonly #alpha: Float64Array;
  readonly #k: Float64Array;
  readonly #slopes: Float64Array;
  readonly #half: Float64Array;
  /** The means at its own rows. */
  readonly own: Float64Array;

  /** `z`: the values at the rows; `noise`: the variance of each one's noise. */
  constructor(
    theta: Theta,
    data: Pick<Data, 'rows' | 'n' | 'columns' | 'numbers' | 'axisOf' | 'axes'>,
    z: Float64Array,
    noise: Float64Array,
  ) {
    const { rows, n, columns, numbers } = data;
    this.#shape = data;
    this.#rows = rows;
    this.#n = n;
    this.#weights = Float64Array.from(data.axisOf, (axis) => Math.exp(theta[axis] as number));
    this.#variance = Math.exp(theta[data.axes] as number);
    this.#trend = Math.exp(theta[data.axes + 1] as number);
    this.#roots = this.#weights.map((weight) => Math.sqrt(shareOf(weight)));
    const span = TRAITS * numbers;
    this.#traits = new Float64Array(n * span);
    this.#point = new Float64Array(span);
    this.#pointSlopes = new Float64Array(span);
    this.#k = new Float64Array(n);
    this.#slopes = new Float64Array(n);
    this.#half = new Float64Array(n);
    this.#factor = new Float64Array(n * n);
    for (let added = 0; added < 1; added = Math.max(10 * added, JITTER)) {
      for (let i = 0; i < n; i++) {
        this.#covariances(rows.subarray(i * columns, (i + 1) * columns), i);
        this.#traits.set(this.#point, i * span);
        this.#factor.set(this.#k.subarray(0, i), i * n);
        this.#factor[i * n + i] = this.#ownVariance() + added * this.#variance + (noise[i] as number);
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
      if (isHopeless(mean, Math.sqrt(Math.max(variance, 0)))) return null;
      const to = Math.min(this.#n, from + CHUNK);
      solveRows(this.#factor, this.#n, this.#k, { from, to, out: this.#half });
      for (let i = from; i < to; i++) variance -= (this.#half[i] as number) * (this.#half[i] as number);
    }
    return { mean, deviation: this.#deviation(variance) };
  }

  /** As `predict`; also writes the derivatives by each number column. */
  differentiate(row: Float64Array, byMean: Float64Array, byDeviation: Float64Array): Prediction {
    this.#covariances(row);
    const prediction = this.#prediction();
    const beta = this.#half;
    backSolve(this.#factor, this.#n, beta, beta);
    this.#derive(row, this.#alpha, byMean);
    this.#derive(row, beta, byDeviation);
    const { numbers } = this.#shape;
    // The variance before any observation grows with the trend.
    for (let f = 0; f < TRAITS * numbers; f++) {
      const c = Math.floor(f / TRAITS);
      const own = this.#trend * (this.#pointSlopes[f] as number) * (this.#point[f] as number);
      byDeviation[c] = (byDeviation[c] as number) - own;
    }
    for (let c = 0; c < numbers; c++) byDeviation[c] = -(byDeviation[c] as number) / prediction.deviation;
    return prediction;
  }

  /** As `mean`; also writes its derivatives by each number column. */
  slope(row: Float64Array, byMean: Float64Array): number {
    this.#covariances(row);
    this.#derive(row, this.#alpha, byMean);
    return this.#mean();
  }

  /** Returns what the model expects of each observation from all others: Rasmussen and Williams (2006), eq. 5.12. `z`: the values. */
  leaveOneOut(z: Float64Array): Float64Array {
    const n = this.#n;
    const precision = new Float64Array(n * n);
    invert(this.#factor, n, new Float64Array(n * n), precision);
    return z.map((value, i) => value - (this.#alpha[i] as number) / (precision[i * n + i] as number));
  }

  /** Writes the derivatives of the covariances at the row, each times its factor, by each number column. */
  #derive(row: Float64Array, factors: Float64Array, out: Float64Array): void {
    const { columns, numbers } = this.#shape;
    out.fill(0);
    for (let i = 0; i < this.#n; i++) {
      const slope = 2 * this.#variance * (this.#slopes[i] as number) * (factors[i] as number);
      for (let c = 0; c < numbers; c++) {
        const off = (row[c] as number) - (this.#rows[i * columns + c] as number);
        out[c] = (out[c] as number) + slope * (this.#weights[c] as number) * off;
      }
    }
    writeSlopes(row, this.#roots, numbers, this.#pointSlopes);
    const span = TRAITS * numbers;
    for (let f = 0; f < span; f++) {
      let sum = 0;
      for (let i = 0; i < this.#n; i++)
        sum += (this.#traits[i * span + f] as number) * (factors[i] as number);
      const c = Math.floor(f / TRAITS);
      out[c] = (out[c] as number) + this.#trend * (this.#pointSlopes[f] as number) * sum;
    }
  }

  /** Computes the covariances with the first so many rows. */
  #covariances(row: Float64Array, count = this.#n): void {
    squaredDistances(row, this.#rows, count, this.#shape, this.#weights, this.#k);
    matern(this.#k, count, this.#k, this.#slopes);
    writeTraits(row, this.#roots, this.#shape.numbers, this.#point);
    const span = this.#point.length;
    for (let i = 0; i < count; i++)
      this.#k[i] =
        MEAN_VARIANCE +
        this.#trend * dot(this.#point, 0, this.#traits, i * span, span) +
        this.#variance * (this.#k[i] as number);
  }

  /** Returns the variance before any observation, at the row whose covariances are known. */
  #ownVariance(): number {
    return (
      MEAN_VARIANCE + this.#trend * dot(this.#point, 0, this.#point, 0, this.#point.length) + this.#variance
    );
  }

  /** Predicts, and leaves L^-1 k in #half. */
  #prediction(): Prediction {
    forwardSolve(this.#factor, this.#n, this.#k, this.#half);
    let variance = this.#ownVariance();
    for (let i = 0; i < this.#n; i++) variance -= (this.#half[i] as number) * (this.#half[i] as number);
    return { mean: this.#mean(), deviation: this.#deviation(variance) };
  }

  #deviation(variance: number): number {
    return Math.sqrt(Math.max(variance, 1e-12 * this.#variance));
  }

  /** Returns the mean at the row whose covariances are known. */
  #mean(): number {
    let mean = 0;
    for (let i = 0; i < this.#n; i++) mean += (this.#k[i] as number) * (this.#alpha[i] as number);
    return mean;
  }
}
