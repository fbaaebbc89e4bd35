import type { Region } from './region.js';
import type { Table } from './table.js';

/** Rows below a threshold, or with one of these choices, against the others. */
export type Split =
  | { readonly axis: number; readonly at: number }
  | { readonly axis: number; readonly choices: ReadonlySet<number> };

/** Squared errors that a split must take away, as a part of all there are: below is the noise of rounding. */
const LEAST = 1e-12;

/** The split that leaves the smallest squared error; null where nothing is left to split, or to gain. */
export function bestSplit(
  { axes, columns, values }: Table,
  rows: readonly number[],
  regions: readonly Region[],
): Split | null {
  let total = 0;
  for (const row of rows) total += values[row] as number;
  const mean = total / rows.length;
  let error = 0;
  for (const row of rows) error += square((values[row] as number) - mean);
  let best: Split | null = null;
  let most = LEAST * error;
  for (const axis of axes.keys()) {
    const column = columns[axis] as Float64Array;
    const region = regions[axis] as Region;
    // Breiman et al. (1984): choices in the order of their means are split best as if they had that order.
    const order = 'choices' in region ? byMean(rows, column, values) : null;
    const keyOf = (row: number) =>
      order ? (order.get(column[row] as number) as number) : (column[row] as number);
    const sorted = rows.toSorted((a, b) => keyOf(a) - keyOf(b));
    let sum = 0;
    for (let n = 1; n < sorted.length; n++) {
      const [before, after] = [sorted[n - 1] as number, sorted[n] as number];
      // Around the mean, so that large values lose no digits.
      sum += (values[before] as number) - mean;
      if (keyOf(before) === keyOf(after)) continue;
      const gain = square(sum) / n + square(sum) / (sorted.length - n);
      if (gain <= most) continue;
      const at = (keyOf(before) + keyOf(after)) / 2;
      // Between neighboring numbers there is none, and a region without width would have no mean.
      if (at <= keyOf(before) || (!('choices' in region) && (at <= region.low || at >= region.high)))
        continue;
      most = gain;
      best = order
        ? { axis, choices: new Set(sorted.slice(0, n).map((row) => column[row] as number)) }
        : { axis, at };
    }
  }
  return best;
}

/** Returns the rank of each choice by the mean value of its rows. */
function byMean(rows: readonly number[], column: Float64Array, values: Float64Array): Map<number, number> {
  const sums = new Map<number, { sum: number; n: number }>();
  for (const row of rows) {
    const choice = column[row] as number;
    const of = sums.get(choice) ?? { sum: 0, n: 0 };
    of.sum += values[row] as number;
    of.n += 1;
    sums.set(choice, of);
  }
  const order = [...sums].sort(([, a], [, b]) => a.sum / a.n - b.sum / b.n);
  return new Map(order.map(([choice], place) => [choice, place]));
}

function square(x: number): number {
  return x * x;
}
