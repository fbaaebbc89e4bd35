import type { Encoding } from '../core/encoding/encoding.js';
import { factorize, forwardSolve } from '../core/numeric/linalg.js';
import { matern, squaredDistances } from '../core/numeric/matern.js';
import type { ConfigKernel } from './config-kernel.js';
import type { Measurements } from './factors.js';

/** One trial as the posterior sees it; `row` null: a configuration outside the space, which is like no other. */
export type MeasuredTrial = { readonly row: Float64Array | null; readonly measurements: Measurements };

/** A factor of one trial or configuration, given all measurements; `whitened` gives covariances with others. */
export type FactorPosterior = {
  readonly mean: number;
  readonly variance: number;
  readonly whitened: Float64Array;
};

/**
 * The factors of all curves given all measurements. Between two trials the covariance of a factor is that of their
 * configurations, and different factors are independent: the covariance of the curves is the Kronecker product of one over
 * configurations and one over steps (Lin et al., arXiv 2410.09239), here in the coordinates in which the second is the
 * identity, so that each trial takes no more rows than factors that were measured.
 */
export class JointPosterior {
  readonly #encoding: Encoding;
  readonly #kernel: ConfigKernel;
  readonly #trials: readonly MeasuredTrial[];
  readonly #factors: number;
  readonly #rows: Float64Array;
  readonly #size: number;
  readonly #factor: Float64Array;
  readonly #half: Float64Array;
  readonly #alike: Float64Array;

  constructor(encoding: Encoding, kernel: ConfigKernel, trials: readonly MeasuredTrial[], factors: number) {
    this.#encoding = encoding;
    this.#kernel = kernel;
    this.#trials = trials;
    this.#factors = factors;
    const { columns } = encoding;
    this.#rows = new Float64Array(trials.length * columns);
    trials.forEach(({ row }, i) => {
      if (row) this.#rows.set(row, i * columns);
    });
    this.#alike = new Float64Array(trials.length);
    const size = trials.reduce((sum, { measurements }) => sum + measurements.count, 0);
    this.#size = size;
    this.#factor = new Float64Array(size * size);
    const values = new Float64Array(size);
    const slopes = new Float64Array(trials.length);
    let at = 0;
    for (let i = 0; i < trials.length; i++) {
      const { row, measurements } = trials[i] as MeasuredTrial;
      const alike = this.#similarities(row, i, slopes);
      for (let a = 0; a < measurements.count; a++) {
        values[at + a] = measurements.values[a] as number;
        let other = 0;
        for (let j = 0; j <= i; j++) {
          const theirs = (trials[j] as MeasuredTrial).measurements;
          for (let b = 0; b < (j < i ? theirs.count : a + 1); b++)
            this.#factor[(at + a) * size + other + b] =
              (alike[j] as number) * dotDirections(measurements, a, theirs, b, factors);
          other += theirs.count;
        }
        const diagonal = (at + a) * (size + 1);
        this.#factor[diagonal] = (this.#factor[diagonal] as number) + 1;
      }
      at += measurements.count;
    }
    factorize(this.#factor, size);
    this.#half = new Float64Array(size);
    forwardSolve(this.#factor, size, values, this.#half);
  }

  /** Returns a factor of the i-th trial. */
  ofTrial(i: number, factor = 0): FactorPosterior {
    return this.#posterior((this.#trials[i] as MeasuredTrial).row, i, factor);
  }

  /** Returns a factor of a new trial of a configuration. */
  ofRow(row: Float64Array | null, factor = 0): FactorPosterior {
    return this.#posterior(row, -1, factor);
  }

  /** Returns the covariance of a factor between two trials before any measurement. */
  prior(i: number, j: number): number {
    const { row } = this.#trials[i] as MeasuredTrial;
    return this.#similarities(row, i, new Float64Array(this.#trials.length))[j] as number;
  }

  #posterior(row: Float64Array | null, own: number, factor: number): FactorPosterior {
    const alike = this.#similarities(row, own, new Float64Array(this.#trials.length));
    const covariances = new Float64Array(this.#size);
    let at = 0;
    for (let j = 0; j < this.#trials.length; j++) {
      const { count, directions } = (this.#trials[j] as MeasuredTrial).measurements;
      for (let b = 0; b < count; b++)
        covariances[at + b] = (alike[j] as number) * (directions[b * this.#factors + factor] as number);
      at += count;
    }
    const whitened = new Float64Array(this.#size);
    forwardSolve(this.#factor, this.#size, covariances, whitened);
    let mean = 0;
    let variance = 1;
    for (let k = 0; k < this.#size; k++) {
      const w = whitened[k] as number;
      mean += w * (this.#half[k] as number);
      variance -= w * w;
    }
    return { mean, variance: Math.max(variance, 0), whitened };
  }

  /** Returns the covariance of one factor between a trial (`own`, or -1 for a new one) and every trial. */
  #similarities(row: Float64Array | null, own: number, slopes: Float64Array): Float64Array {
    const alike = this.#alike;
    const n = this.#trials.length;
    const { weights, share } = this.#kernel;
    if (row) {
      squaredDistances(row, this.#rows, n, this.#encoding, weights, alike);
      matern(alike, n, alike, slopes);
    }
    for (let j = 0; j < n; j++)
      alike[j] = row && (this.#trials[j] as MeasuredTrial).row ? share * (alike[j] as number) : 0;
    if (own >= 0) alike[own] = 1;
    return alike;
  }
}

function dotDirections(a: Measurements, i: number, b: Measurements, j: number, factors: number): number {
  let sum = 0;
  for (let c = 0; c < factors; c++)
    sum += (a.directions[i * factors + c] as number) * (b.directions[j * factors + c] as number);
  return sum;
}
