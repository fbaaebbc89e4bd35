import {
  type CategoricalDistribution,
  cardinality,
  contains,
  type Distribution,
  inOrder,
  nearest,
  type ParamValue,
  valueAt,
} from '../../core/distribution.js';

/** Discrete parameters with more values than this are searched as continuous ones, then rounded. */
const MOST_LEVELS = 64;

/** A parameter on the unit interval; on a log scale for log ranges. */
export type LineAxis = {
  readonly kind: 'line';
  /** Returns a coordinate in [0, 1]; NaN for a value outside the distribution. */
  readonly encode: (value: ParamValue) => number;
  readonly decode: (x: number) => ParamValue;
};

/** A parameter with few values, each identified by its level 0, 1, ... */
export type LevelAxis = {
  readonly kind: 'level';
  readonly size: number;
  /** Returns a level; NaN for a value outside the distribution. */
  readonly encode: (value: ParamValue) => number;
  readonly decode: (level: number) => ParamValue;
  /** Positions of the levels on the unit interval, and the bounds between them; null when the levels have no order. */
  readonly scale: { readonly centers: Float64Array; readonly bounds: Float64Array } | null;
};
export type Axis = LineAxis | LevelAxis;

export function makeAxis(d: Distribution): Axis {
  const size = cardinality(d);
  if (d.kind === 'categorical') return categoricalAxis(d);
  if (size <= MOST_LEVELS) {
    const values = Array.from({ length: size }, (_, k) => valueAt(d, k));
    return levelAxis(values, levelScale(d, values as number[]));
  }
  return lineAxis(d);
}

/** Each discrete number covers half a step on both sides. */
function lineAxis(d: Exclude<Distribution, { kind: 'categorical' }>): LineAxis {
  const half = (d.step ?? 0) / 2;
  const scale = d.log ? Math.log : (x: number) => x;
  const unscale = d.log ? Math.exp : (x: number) => x;
  const low = scale(d.low - half);
  // A single value is a level, so that the width is never 0.
  const width = scale(d.high + half) - low;
  return {
    kind: 'line',
    encode: (value) => (contains(d, value) ? clip((scale(value as number) - low) / width) : Number.NaN),
    decode: (x) => nearest(d, unscale(low + x * width)),
  };
}

function categoricalAxis(d: CategoricalDistribution): LevelAxis {
  // Ordered choices become the ranks 0, 1, ...: their distances mean little (1, 10, 1000).
  const values = d.ordered ? inOrder(d) : d.choices;
  if (!d.ordered || values.length === 1) return levelAxis(values, null);
  const n = values.length;
  return levelAxis(values, {
    centers: Float64Array.from({ length: n }, (_, k) => (k + 0.5) / n),
    bounds: Float64Array.from({ length: n + 1 }, (_, k) => k / n),
  });
}

function levelAxis(values: readonly ParamValue[], scale: LevelAxis['scale']): LevelAxis {
  const levels = new Map(values.map((value, k) => [value, k]));
  return {
    kind: 'level',
    size: values.length,
    encode: (value) => levels.get(value) ?? nearestLevel(values, value),
    decode: (level) => values[level] as ParamValue,
    scale: values.length > 1 ? scale : null,
  };
}

/** Returns the nearest level: lattice values of other programs may differ in the last digits. */
function nearestLevel(values: readonly ParamValue[], value: ParamValue): number {
  if (typeof value !== 'number') return Number.NaN;
  const level = values.findIndex(
    (each) => typeof each === 'number' && Math.abs(each - value) <= 1e-9 * Math.max(1, Math.abs(value)),
  );
  return level < 0 ? Number.NaN : level;
}

function levelScale(
  d: Exclude<Distribution, { kind: 'categorical' }>,
  values: readonly number[],
): LevelAxis['scale'] {
  const half = (d.step ?? 0) / 2;
  const scale = d.log ? Math.log : (x: number) => x;
  const low = scale(d.low - half);
  const width = scale(d.high + half) - low;
  const unit = (x: number) => clip((x - low) / width);
  return {
    centers: Float64Array.from(values, (value) => unit(scale(value))),
    bounds: Float64Array.from([...values.map((value) => value - half), d.high + half], (x) => unit(scale(x))),
  };
}

function clip(x: number): number {
  return Math.min(1, Math.max(0, x));
}
