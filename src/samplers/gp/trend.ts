import type { Pairs } from './pairs.js';

/*
 * A trend over all of the space: of each number column a line and a parabola, with independent normal weights of one variance. So the
 * model knows a bowl from few points, and is not misled by what swings on it. A column that hardly matters has hardly a trend.
 */

/** Features of the trend for each number column. */
export const TRAITS = 2;
/** The inverse squared length scale at which a column has half of the trend's variance. */
const HALF = 0.74;

/** Returns the share of the trend's variance that a column has, by its inverse squared length scale. */
export function shareOf(weight: number): number {
  return weight / (weight + HALF);
}

const line = (x: number) => 2 * x - 1;
/** Its variance over the column is about that of the line. */
const parabola = (x: number) => Math.sqrt(3) * (line(x) * line(x) - 1 / 3);

/** Writes the features of a row, each times the root of its column's share. */
export function writeTraits(row: Float64Array, roots: Float64Array, numbers: number, out: Float64Array) {
  for (let c = 0; c < numbers; c++) {
    const x = row[c] as number;
    out[TRAITS * c] = (roots[c] as number) * line(x);
    out[TRAITS * c + 1] = (roots[c] as number) * parabola(x);
  }
}

/** Writes the derivatives of the features by their column. */
export function writeSlopes(row: Float64Array, roots: Float64Array, numbers: number, out: Float64Array) {
  for (let c = 0; c < numbers; c++) {
    out[TRAITS * c] = 2 * (roots[c] as number);
    out[TRAITS * c + 1] = 4 * Math.sqrt(3) * (roots[c] as number) * line(row[c] as number);
  }
}

type Rows = {
  readonly rows: Float64Array;
  readonly n: number;
  readonly columns: number;
  readonly numbers: number;
};
type Covariances = { readonly pairs: Pairs; readonly own: Pairs };

/** Returns what each number column adds to the trend's covariance of two rows, and of each row with itself, before its share. */
export function trendOf({ rows, n, columns, numbers }: Rows): Covariances {
  const count = (n * (n - 1)) / 2;
  const pairs: Float64Array[] = [];
  const own: Float64Array[] = [];
  for (let c = 0; c < numbers; c++) {
    const x = Float64Array.from({ length: n }, (_, i) => rows[i * columns + c] as number);
    const [lines, parabolas] = [x.map(line), x.map(parabola)];
    const product = (i: number, j: number) =>
      (lines[i] as number) * (lines[j] as number) + (parabolas[i] as number) * (parabolas[j] as number);
    const parts = new Float64Array(count);
    for (let i = 1, at = 0; i < n; i++) for (let j = 0; j < i; j++, at++) parts[at] = product(i, j);
    pairs.push(parts);
    own.push(x.map((_, i) => product(i, i)));
  }
  return { pairs: { count, byColumn: pairs }, own: { count: n, byColumn: own } };
}
