import { MISSING } from '../store/fields.js';

/** Means of the objective over two parameters, smoothed; NaN where no trial is near. Rows count up from the bottom. */
export type Grid = {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
  readonly low: number;
  readonly high: number;
};

export type GridInput = {
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
  /** Places of the objective on its scale, so that a logarithmic one is averaged as it is drawn. */
  readonly values: Uint16Array;
  readonly mask: Uint8Array;
  /** How many choices an axis has; null for numbers. Choices are not neighbors: nothing is smoothed across them. */
  readonly xChoices: number | null;
  readonly yChoices: number | null;
};

const SIZE = 72;

/** Returns a grid of smoothed means: each trial is spread over its neighborhood, and closer trials count more. */
export function gridOf(input: GridInput): Grid {
  const columns = input.xChoices ?? SIZE;
  const rows = input.yChoices ?? SIZE;
  const { sums, weights, count } = cellsOf(input, columns, rows);
  // With few trials each one stands for more of the plane.
  const radius = Math.max(1, SIZE * Math.min(0.16, 0.55 / Math.sqrt(Math.max(1, count))));
  const smooth = (cells: Float64Array) => {
    const wide =
      input.xChoices === null ? blur(cells, { lines: rows, length: columns, step: 1 }, radius) : cells;
    if (input.yChoices !== null) return wide;
    return blur(wide, { lines: columns, length: rows, step: columns }, radius);
  };
  const [smoothSums, smoothWeights] = [smooth(sums), smooth(weights)];
  const values = new Float32Array(columns * rows).fill(Number.NaN);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < values.length; k++) {
    const weight = smoothWeights[k] as number;
    if (weight < 0.004) continue;
    const value = (smoothSums[k] as number) / weight;
    values[k] = value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { columns, rows, values, low, high };
}

function cellsOf({ xs, ys, values, mask }: GridInput, columns: number, rows: number) {
  const sums = new Float64Array(columns * rows);
  const weights = new Float64Array(columns * rows);
  let count = 0;
  for (let k = 0; k < mask.length; k++) {
    const [x, y, value] = [xs[k] as number, ys[k] as number, values[k] as number];
    if (!mask[k] || x === MISSING || y === MISSING || value === MISSING) continue;
    const at = (((y * rows) / 65_535) | 0) * columns + (((x * columns) / 65_535) | 0);
    sums[at] = (sums[at] as number) + value / 65_534;
    weights[at] = (weights[at] as number) + 1;
    count++;
  }
  return { sums, weights, count };
}

type Lines = { readonly lines: number; readonly length: number; readonly step: number };

/** A Gaussian along one direction. */
function blur(cells: Float64Array, { lines, length, step }: Lines, radius: number): Float64Array {
  const reach = Math.ceil(radius * 3);
  const kernel = Float64Array.from({ length: reach + 1 }, (_, k) => Math.exp(-0.5 * (k / radius) ** 2));
  const across = step === 1 ? length : 1;
  const blurred = new Float64Array(cells.length);
  for (let line = 0; line < lines; line++)
    for (let at = 0; at < length; at++) {
      const value = cells[line * across + at * step] as number;
      if (value === 0) continue;
      for (let place = Math.max(0, at - reach); place <= Math.min(length - 1, at + reach); place++) {
        const index = line * across + place * step;
        blurred[index] = (blurred[index] as number) + value * (kernel[Math.abs(place - at)] as number);
      }
    }
  return blurred;
}
