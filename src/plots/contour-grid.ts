import type { Axis } from './figure.js';
import { ABSENT_SHARE, makeValue } from './scale.js';
import { evenly } from './thin.js';

/** A trial by its places on both axes and on that of the value, each from 0 to 1. */
export type GridPoint = { readonly x: number; readonly y: number; readonly value: number };

/** A cell by its sides as values of the axes, with the mean of the trials nearby as a place on the axis of the value. */
export type GridCell = Readonly<Record<'left' | 'right' | 'bottom' | 'top' | 'value', number>>;

/** The cells that have trials nearby, and the lowest and the highest of their means; without cells, NaN. */
export type Grid = { readonly cells: readonly GridCell[]; readonly low: number; readonly high: number };

const COLUMNS = 48;
const ROWS = 32;
/** More trials change the means no further. */
const MOST = 3000;
/** The weight of a trial two standard deviations away. A cell with less has nobody nearby. */
const LEAST_WEIGHT = Math.exp(-2);

/**
 * Returns the mean of the value around each cell: each trial counts by a Gaussian of its distance, wide where there are few. Choices
 * are not neighbors, so a trial counts for its own choice alone.
 */
export function gridOf({
  x,
  y,
  points,
}: {
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly GridPoint[];
}): Grid {
  const used = evenly(points, MOST);
  const width = Math.max(1 / COLUMNS, Math.min(0.16, 0.55 / Math.sqrt(Math.max(1, used.length))));
  const [columns, rows] = [sidesOf(x, COLUMNS), sidesOf(y, ROWS)];
  const weightsOf = (sides: Sides, at: readonly number[]) =>
    sides.middles.map((middle) =>
      Float64Array.from(at, (place) => weightOf(place - middle, sides.isChoice ? null : width, sides.half)),
    );
  const byColumn = weightsOf(
    columns,
    used.map((point) => point.x),
  );
  const byRow = weightsOf(
    rows,
    used.map((point) => point.y),
  );
  const cells: GridCell[] = [];
  for (const [row, down] of byRow.entries())
    for (const [column, across] of byColumn.entries()) {
      let [sum, weight] = [0, 0];
      for (const [k, { value }] of used.entries()) {
        const each = (across[k] as number) * (down[k] as number);
        sum += each * value;
        weight += each;
      }
      if (weight >= LEAST_WEIGHT)
        cells.push({
          left: columns.edges[column] as number,
          right: columns.edges[column + 1] as number,
          bottom: rows.edges[row] as number,
          top: rows.edges[row + 1] as number,
          value: sum / weight,
        });
    }
  const means = cells.map(({ value }) => value);
  const reduce = (of: (a: number, b: number) => number) =>
    means.length === 0 ? Number.NaN : means.reduce((a, b) => of(a, b));
  return { cells, low: reduce(Math.min), high: reduce(Math.max) };
}

/** The cells along an axis: their middles and half their width as places, their edges as values. */
type Sides = {
  readonly middles: readonly number[];
  readonly edges: readonly number[];
  readonly half: number;
  readonly isChoice: boolean;
};

function sidesOf(axis: Axis, most: number): Sides {
  const isChoice = axis.scale === 'category';
  const count = isChoice ? Math.max(1, axis.categories.length) : most;
  const start = axis.absent === null ? 0 : ABSENT_SHARE;
  const size = (1 - start) / count;
  const toValue = makeValue(axis);
  return {
    middles: Array.from({ length: count }, (_, k) => start + (k + 0.5) * size),
    edges: Array.from({ length: count + 1 }, (_, k) =>
      k === 0 ? axis.domain[0] : k === count ? axis.domain[1] : toValue(start + k * size),
    ),
    half: size / 2,
    isChoice,
  };
}

/** `width` null: a trial counts in its own cell alone. */
function weightOf(distance: number, width: number | null, half: number): number {
  if (width === null) return Math.abs(distance) <= half ? 1 : 0;
  const part = distance / width;
  return Math.exp(-0.5 * part * part);
}
