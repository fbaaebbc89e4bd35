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

export const line = (x: number) => 2 * x - 1;
/** Its variance over the column is about that of the line. */
export const parabola = (x: number) => Math.sqrt(3) * (line(x) * line(x) - 1 / 3);

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
