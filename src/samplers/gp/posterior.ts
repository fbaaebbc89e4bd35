import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { forwardSolve } from '../../core/numeric/linalg.js';
import { matern, squaredDistances } from '../../core/numeric/matern.js';
import type { Data } from './fit.js';
import type { Theta } from './priors.js';

/** Mean and standard deviation of the noiseless value at a row. */
export type Prediction = { mean: number; deviation: number };

/** A Gaussian process given its hyperparameters and observations: Rasmussen and Williams (2006), algorithm 2.1. */
export class Posterior {
  readonly #shape: { readonly columns: number; readonly numbers: number };
  readonly #weights: Float64Array;
  readonly #variance: number;
  readonly #rows: Float64Array;
  readonly #n: number;
  readonly #factor: Float64Array;
  readonly #alpha: Float64Array;
  readonly #k: Float64Array;
  readonly #slopes: Float64Array;
  readonly #half: Float64Array;

  /** `z`: the values at the rows; `noise`: the variance of each one's noise. */
  constructor(
    theta: Theta,
    data: Pick<Data, 'rows' | 'n' | 'columns' | 'numbers' | 'axisOf' | 'axes'>,
    z: Float64Array,
    noise: Float64Array,
  ) {
    const { rows, n, columns } = data;
    this.#shape = data;
    this.#rows = rows;
    this.#n = n;
    this.#weights = Float64Array.from(data.axisOf, (axis) => Math.exp(theta[axis] as number));
    this.#variance = Math.exp(theta[data.axes] as number);
    this.#k = new Float64Array(n);
    this.#slopes = new Float64Array(n);
    this.#half = new Float64Array(n);
    const k = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) {
      this.#covariances(rows.subarray(i * columns, (i + 1) * columns));
      for (let j = 0; j < n; j++) k.set(i, j, this.#k[j] as number);
      k.set(i, i, this.#variance + (noise[i] as number));
    }
    const lower = new CholeskyDecomposition(k).lowerTriangularMatrix;
    this.#factor = Float64Array.from(lower.to1DArray());
    this.#alpha = new Float64Array(n);
    forwardSolve(this.#factor, n, z, this.#half);
    this.#backSolve(this.#half, this.#alpha);
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

  /** As `predict`; also writes the derivatives by each number column. */
  differentiate(row: Float64Array, byMean: Float64Array, byDeviation: Float64Array): Prediction {
    this.#covariances(row);
    const prediction = this.#prediction();
    const beta = this.#half;
    this.#backSolve(beta, beta);
    byMean.fill(0);
    byDeviation.fill(0);
    const { columns, numbers } = this.#shape;
    for (let i = 0; i < this.#n; i++) {
      const slope = 2 * this.#variance * (this.#slopes[i] as number);
      const mean = slope * (this.#alpha[i] as number);
      const deviation = (-slope * (beta[i] as number)) / prediction.deviation;
      for (let c = 0; c < numbers; c++) {
        const w =
          (this.#weights[c] as number) * ((row[c] as number) - (this.#rows[i * columns + c] as number));
        byMean[c] = (byMean[c] as number) + mean * w;
        byDeviation[c] = (byDeviation[c] as number) + deviation * w;
      }
    }
    return prediction;
  }

  #covariances(row: Float64Array): void {
    squaredDistances(row, this.#rows, this.#n, this.#shape, this.#weights, this.#k);
    matern(this.#k, this.#n, this.#k, this.#slopes);
    for (let i = 0; i < this.#n; i++) this.#k[i] = (this.#k[i] as number) * this.#variance;
  }

  /** Predicts, and leaves L^-1 k in #half. */
  #prediction(): Prediction {
    forwardSolve(this.#factor, this.#n, this.#k, this.#half);
    let variance = this.#variance;
    for (let i = 0; i < this.#n; i++) variance -= (this.#half[i] as number) * (this.#half[i] as number);
    return { mean: this.#mean(), deviation: Math.sqrt(Math.max(variance, 1e-12 * this.#variance)) };
  }

  /** Returns the mean at the row whose covariances are known. */
  #mean(): number {
    let mean = 0;
    for (let i = 0; i < this.#n; i++) mean += (this.#k[i] as number) * (this.#alpha[i] as number);
    return mean;
  }

  /** Writes L^-T v, along the rows of L; in place is allowed. */
  #backSolve(v: Float64Array, out: Float64Array): void {
    const n = this.#n;
    if (out !== v) out.set(v);
    for (let i = n - 1; i >= 0; i--) {
      const row = i * n;
      const x = (out[i] as number) / (this.#factor[row + i] as number);
      out[i] = x;
      for (let k = 0; k < i; k++) out[k] = (out[k] as number) - (this.#factor[row + k] as number) * x;
    }
  }
}
