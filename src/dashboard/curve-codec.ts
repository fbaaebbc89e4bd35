import type { Column, ColumnSet } from './columns.js';

/** One curve of one trial; steps ascend. */
export type TrialCurve = {
  readonly trial: number;
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
};

/**
 * How values of curves became codes of 16 bits: evenly between `low` and `high` after asinh(value / unit), so that the
 * error is small in proportion to each value, however far the largest ones lie.
 */
export type CurveScale = { readonly unit: number; readonly low: number; readonly high: number };

// Codes above the last even one stand for what is no number.
const LAST = 65_532;
const MINUS_INFINITY = 65_533;
const INFINITE = 65_534;
const NOT_A_NUMBER = 65_535;
/** Values that are smaller than the largest one by this factor count as zero. */
const FINEST = 1e-30;

/** Curves in a row: those of `trials[k]` lie from `starts[k]` to before `starts[k + 1]`. */
export type FlatCurves = {
  readonly trials: ArrayLike<number>;
  readonly starts: ArrayLike<number>;
  readonly steps: Float64Array;
  readonly values: Float64Array;
};

/**
 * Returns curves as columns: `trial`, `count` of its points, `first` step (-1: its steps stand in `step`), `step` of those
 * curves whose steps do not count up by one, and `value`, one for each point.
 */
export function packFlatCurves<H extends object>(
  header: H,
  { trials, starts, steps, values }: FlatCurves,
): ColumnSet<H & { readonly scale: CurveScale }> {
  const scale = scaleOf(values);
  const trial = Int32Array.from(trials);
  const count = new Int32Array(trials.length);
  const first = new Int32Array(trials.length);
  const step: number[] = [];
  for (let k = 0; k < trials.length; k++) {
    const [start, end] = [starts[k] as number, starts[k + 1] as number];
    count[k] = end - start;
    const counted = countsUp(steps, start, end);
    first[k] = counted ?? -1;
    if (counted === null) for (let p = start; p < end; p++) step.push(steps[p] as number);
  }
  const columns: [string, Column['values']][] = [
    ['trial', trial],
    ['count', count],
    ['first', first],
    ['step', Float64Array.from(step)],
    ['value', codesOf(values, scale)],
  ];
  return {
    header: { ...header, scale },
    columns: columns.map(([name, each]) => ({ name, values: each, dictionary: null })),
  };
}

/** The same of curves one by one. */
export function packCurves<H extends object>(
  header: H,
  curves: readonly TrialCurve[],
): ColumnSet<H & { readonly scale: CurveScale }> {
  const starts = [0];
  for (const { values } of curves) starts.push((starts.at(-1) as number) + values.length);
  const all = (key: 'steps' | 'values') =>
    Float64Array.from(curves.flatMap((curve) => Array.from(curve[key])));
  const trials = curves.map(({ trial }) => trial);
  return packFlatCurves(header, { trials, starts, steps: all('steps'), values: all('values') });
}

/** Returns the curves of columns, with values that are nearly those that were packed. */
export function unpackCurves({ header, columns }: ColumnSet<{ readonly scale: CurveScale }>): (TrialCurve & {
  readonly steps: Float64Array;
  readonly values: Float32Array;
})[] {
  const named = new Map(columns.map(({ name, values }) => [name, values]));
  const column = (name: string): ArrayLike<number> => named.get(name) ?? [];
  const [trials, counts, firsts, steps, codes] = ['trial', 'count', 'first', 'step', 'value'].map(column) as [
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
  ];
  let at = 0;
  let stepAt = 0;
  return Array.from(trials, (trial, k) => {
    const count = counts[k] as number;
    const first = firsts[k] as number;
    const ownSteps = Float64Array.from({ length: count }, (_, p) =>
      first >= 0 ? first + p : (steps[stepAt++] as number),
    );
    const values = Float32Array.from({ length: count }, () =>
      curveValue(codes[at++] as number, header.scale),
    );
    return { trial, steps: ownSteps, values };
  });
}

function scaleOf(values: Float64Array): CurveScale {
  let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (!Number.isFinite(value)) continue;
    const size = Math.abs(value);
    if (size > 0 && size < smallest) smallest = size;
    if (size > largest) largest = size;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { unit: 1, low: 0, high: 0 };
  const unit = largest === 0 ? 1 : Math.max(smallest, largest * FINEST);
  return { unit, low: Math.asinh(low / unit), high: Math.asinh(high / unit) };
}

function codesOf(values: Float64Array, scale: CurveScale): Uint16Array {
  const codes = new Uint16Array(values.length);
  for (let k = 0; k < codes.length; k++) codes[k] = toCode(values[k] as number, scale);
  return codes;
}

function toCode(value: number, { unit, low, high }: CurveScale): number {
  if (Number.isNaN(value)) return NOT_A_NUMBER;
  if (!Number.isFinite(value)) return value > 0 ? INFINITE : MINUS_INFINITY;
  return high === low ? 0 : Math.round((LAST * (Math.asinh(value / unit) - low)) / (high - low));
}

/** Returns the value that a code stands for. */
export function curveValue(code: number, { unit, low, high }: CurveScale): number {
  if (code === NOT_A_NUMBER) return Number.NaN;
  if (code === INFINITE) return Number.POSITIVE_INFINITY;
  if (code === MINUS_INFINITY) return Number.NEGATIVE_INFINITY;
  return unit * Math.sinh(low + ((high - low) * code) / LAST);
}

/** Returns the first step of a curve whose steps count up by one from a whole number, else null. */
function countsUp(steps: Float64Array, start: number, end: number): number | null {
  const first = start < end ? (steps[start] as number) : 0;
  if (!Number.isInteger(first) || first < 0 || first > 1e9) return null;
  for (let p = start + 1; p < end; p++) if (steps[p] !== first + p - start) return null;
  return first;
}
