import {
  type CategoricalDistribution,
  cardinality,
  type Distribution,
  type Params,
  type ParamValue,
} from '../core/distribution.js';
import type { Space } from '../core/space.js';
import type { ConfigView } from '../core/study-view.js';

/** What is read of a configuration. */
export type JudgedConfig = Pick<ConfigView, 'params' | 'state' | 'values' | 'trialCount'>;

/** A parameter as a tree splits it: a range [0, 1], or choices 0 to n - 1 without an order. */
export type Axis = {
  readonly name: string;
  /** How many choices; 0 for a range. */
  readonly choices: number;
  /** The coordinate of a value; NaN for what is no value of the parameter. */
  readonly encode: (value: ParamValue) => number;
};

/** Configurations as numbers: one column for each axis, one row for each configuration that has a result. */
export type Table = {
  readonly axes: readonly Axis[];
  readonly columns: readonly Float64Array[];
  /** Objective values, scaled to 0..1. */
  readonly values: Float64Array;
  /** Parameters that cannot be judged, since not every configuration has them. */
  readonly left: readonly string[];
};

/**
 * Complete configurations with a finite value of objective k. Parameters with a single value are left out: nothing
 * depends on them.
 */
export function makeTable({ params }: Space, configs: readonly JudgedConfig[], k: number): Table {
  const told = configs.filter(({ state, trialCount: n, values }) => {
    return state !== 'pruned' && n > 0 && Number.isFinite(values?.[k]);
  });
  const axes = params.flatMap(({ name, distribution }) => {
    const d = distribution.kind === 'categorical' ? withFormer(distribution, name, told) : distribution;
    return cardinality(d) > 1 ? [makeAxis(name, d)] : [];
  });
  const common = axes.filter((axis) => told.every((config) => !Number.isNaN(cell(axis, config.params))));
  return {
    axes: common,
    columns: common.map((axis) => Float64Array.from(told, (config) => cell(axis, config.params))),
    values: toUnit(told.map((config) => config.values?.[k] as number)),
    left: axes.filter((axis) => !common.includes(axis)).map(({ name }) => name),
  };
}

/** Between 0 and 1, so that no square overflows; shares of a variance do not depend on the scale. */
function toUnit(values: readonly number[]): Float64Array {
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const scaled = Float64Array.from(values, (value) => value / size);
  const low = scaled.reduce((a, b) => Math.min(a, b), 1);
  const width = scaled.reduce((a, b) => Math.max(a, b), -1) - low || 1;
  return scaled.map((value) => (value - low) / width);
}

function cell({ name, encode }: Axis, params: Params): number {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  return value === undefined ? Number.NaN : encode(value);
}

/** Returns the choices with those that the study has taken out of its list meanwhile. */
function withFormer(
  d: CategoricalDistribution,
  name: string,
  told: readonly JudgedConfig[],
): CategoricalDistribution {
  const values = told.flatMap(({ params }) =>
    Object.hasOwn(params, name) ? [params[name] as ParamValue] : [],
  );
  return { ...d, choices: [...new Set([...d.choices, ...values])] };
}

function makeAxis(name: string, d: Distribution): Axis {
  if (d.kind === 'categorical') {
    const encode = (value: ParamValue) => {
      const at = d.choices.indexOf(value);
      return at < 0 ? Number.NaN : at;
    };
    return { name, choices: d.choices.length, encode };
  }
  // Whole numbers have half a unit around them, so that those at the ends weigh as much as the others.
  const slack = d.kind === 'int' ? d.step / 2 : (d.step ?? 0) / 2;
  const scale = d.log ? Math.log : (x: number) => x;
  const low = scale(d.low - slack);
  const width = scale(d.high + slack) - low;
  // A range that was changed meanwhile has values outside it.
  const place = (value: number) => Math.min(1, Math.max(0, (scale(value) - low) / width));
  return { name, choices: 0, encode: (value) => (typeof value === 'number' ? place(value) : Number.NaN) };
}
