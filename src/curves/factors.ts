import type { CurvePoint } from './step-grid.js';
import type { StepModel } from './step-model.js';

/**
 * A curve as a few independent standard normal factors: value at the knots = mean + loadings * factors. The first factor
 * alone is the value at the last knot; the others are what else a curve does, the greatest variance first.
 */
export type Factors = {
  readonly count: number;
  /** Knots x count, row-major. */
  readonly loadings: Float64Array;
  /** Variance at each knot that no factor explains; 0 at the last. */
  readonly rest: Float64Array;
};

/** What the observations of one trial say about its factors: independent measurements with a noise of variance 1. */
export type Measurements = {
  readonly count: number;
  /** The k-th measurement is the sum of directions[k * factors + c] times factor c. */
  readonly directions: Float64Array;
  readonly values: Float64Array;
};

const MOST_FACTORS = 4;
/** Factors that explain less than this share of the greatest variance are dropped. */
const SMALLEST = 0.01;
/** A measurement that carries less than this share of a factor's own precision is dropped. */
const WEAKEST = 0.02;

/** Returns the factors of a model of steps, by a pivoted Cholesky decomposition that begins at the last knot. */
export function factorsOf({ mean, covariance }: StepModel): Factors {
  const size = mean.length;
  const rest = Float64Array.from(mean, (_, k) => covariance[k * size + k] as number);
  const columns: Float64Array[] = [];
  const greatest = rest.reduce((a, b) => Math.max(a, b));
  let pivot = size - 1;
  while (columns.length < Math.min(MOST_FACTORS, size) && (rest[pivot] as number) > SMALLEST * greatest) {
    const column = new Float64Array(size);
    const root = Math.sqrt(rest[pivot] as number);
    for (let k = 0; k < size; k++) {
      let left = covariance[k * size + pivot] as number;
      for (const other of columns) left -= (other[k] as number) * (other[pivot] as number);
      column[k] = left / root;
    }
    columns.push(column);
    for (let k = 0; k < size; k++)
      rest[k] = Math.max(0, (rest[k] as number) - (column[k] as number) * (column[k] as number));
    rest[pivot] = 0;
    pivot = rest.reduce((most, v, k) => (v > (rest[most] as number) ? k : most), pivot);
  }
  const count = columns.length;
  const loadings = new Float64Array(size * count);
  columns.forEach((column, c) => {
    for (let k = 0; k < size; k++) loadings[k * count + c] = column[k] as number;
  });
  return { count, loadings, rest };
}

/** Precision of the factors and the pull on them, by the observations. */
export type Evidence = { readonly precision: Float64Array; readonly pull: Float64Array };

export function evidenceOf(
  points: readonly CurvePoint[],
  { mean, noise }: StepModel,
  { count, loadings, rest }: Factors,
): Evidence {
  const precision = new Float64Array(count * count);
  const pull = new Float64Array(count);
  const direction = new Float64Array(count);
  for (const { weights, value } of points) {
    let left = value;
    let variance = noise;
    direction.fill(0);
    for (let k = 0; k < mean.length; k++) {
      const w = weights[k] as number;
      if (w === 0) continue;
      left -= w * (mean[k] as number);
      variance += w * w * (rest[k] as number);
      for (let c = 0; c < count; c++)
        direction[c] = (direction[c] as number) + w * (loadings[k * count + c] as number);
    }
    for (let a = 0; a < count; a++) {
      const scaled = (direction[a] as number) / variance;
      pull[a] = (pull[a] as number) + scaled * left;
      for (let b = 0; b < count; b++)
        precision[a * count + b] = (precision[a * count + b] as number) + scaled * (direction[b] as number);
    }
  }
  return { precision, pull };
}

/** Returns measurements that carry the evidence: precision = G G', measured G' u with unit noise. G is lower triangular. */
export function measurementsOf({ precision, pull }: Evidence): Measurements {
  const size = pull.length;
  const rest = Float64Array.from(precision);
  const directions: number[] = [];
  const values: number[] = [];
  const left = Float64Array.from(pull);
  for (let c = 0; c < size; c++) {
    const pivot = rest[c * size + c] as number;
    if (!(pivot > WEAKEST)) continue;
    const root = Math.sqrt(pivot);
    const column = Float64Array.from({ length: size }, (_, k) =>
      k < c ? 0 : (rest[k * size + c] as number) / root,
    );
    const value = (left[c] as number) / root;
    for (let a = c; a < size; a++) {
      left[a] = (left[a] as number) - (column[a] as number) * value;
      for (let b = c; b < size; b++)
        rest[a * size + b] = (rest[a * size + b] as number) - (column[a] as number) * (column[b] as number);
    }
    directions.push(...column);
    values.push(value);
  }
  return {
    count: values.length,
    directions: Float64Array.from(directions),
    values: Float64Array.from(values),
  };
}
