import {
  type CategoricalDistribution,
  cardinality,
  contains,
  type Distribution,
  inOrder,
  nearest,
  type ParamValue,
  valueAt,
} from '../distribution.js';

/** A parameter as the Gaussian process models it: a number in [0, 1], or the index of an unordered choice. */
export type Axis = {
  readonly name: string;
  readonly kind: 'continuous' | 'discrete' | 'choice';
  /** Number of different values; Infinity for a continuous range. */
  readonly levels: number;
  /** Returns the code of a value; null when the value is outside the distribution. */
  readonly encode: (value: ParamValue) => number | null;
  /** Returns the value nearest to a code. */
  readonly decode: (code: number) => ParamValue;
  /** Returns the code of the value nearest to a code. */
  readonly snap: (code: number) => number;
  /** Returns the code of the k-th value in ascending order, k from 0. Only axes with a finite number of values have one. */
  readonly level: (k: number) => number;
  /** Returns the code at a quantile t in [0, 1) of the uniform distribution (uniform in the logarithm for log ranges). */
  readonly quantile: (t: number) => number;
};

/** Returns the axis of a distribution. Numbers lie on their range (its logarithm for log ranges), ordered choices on their ranks. */
export function makeAxis(name: string, d: Distribution): Axis {
  if (d.kind !== 'categorical') return numberAxis(name, d);
  return d.ordered ? rankAxis(name, d) : choiceAxis(name, d.choices);
}

function numberAxis(name: string, d: Exclude<Distribution, { kind: 'categorical' }>): Axis {
  const scale = d.log ? Math.log : (x: number) => x;
  const unscale = d.log ? Math.exp : (x: number) => x;
  const from = scale(d.low);
  const width = scale(d.high) - from;
  const levels = cardinality(d);
  const encode = (value: ParamValue) =>
    contains(d, value) ? (width > 0 ? (scale(value as number) - from) / width : 0) : null;
  const decode = (code: number) => nearest(d, unscale(from + code * width)) + 0;
  const finite = Number.isFinite(levels);
  // Log integers: half a unit of slack on both sides gives the bounds their share, as in a uniform draw.
  const low = finite && d.log ? scale(d.low - 0.5) : from;
  const high = finite && d.log ? scale(d.high + 0.5) : from + width;
  return {
    name,
    kind: finite ? 'discrete' : 'continuous',
    levels,
    encode,
    decode,
    snap: finite ? (code) => encode(decode(code)) as number : (code) => code,
    level: (k) => encode(valueAt(d, k)) as number,
    quantile: (t) => {
      if (!finite) return t;
      const value = d.log ? nearest(d, unscale(low + t * (high - low))) : valueAt(d, Math.floor(t * levels));
      return encode(value) as number;
    },
  };
}

function rankAxis(name: string, d: CategoricalDistribution): Axis {
  const ascending = inOrder(d);
  const top = Math.max(1, ascending.length - 1);
  const clip = (k: number) => Math.min(ascending.length - 1, Math.max(0, k));
  return {
    name,
    kind: 'discrete',
    levels: ascending.length,
    encode: (value) => (ascending.includes(value) ? ascending.indexOf(value) / top : null),
    decode: (code) => ascending[clip(Math.round(code * top))] as ParamValue,
    snap: (code) => clip(Math.round(code * top)) / top,
    level: (k) => k / top,
    quantile: (t) => clip(Math.floor(t * ascending.length)) / top,
  };
}

function choiceAxis(name: string, choices: readonly ParamValue[]): Axis {
  return {
    name,
    kind: 'choice',
    levels: choices.length,
    encode: (value) => (choices.includes(value) ? choices.indexOf(value) : null),
    decode: (code) => choices[code] as ParamValue,
    snap: (code) => code,
    level: (k) => k,
    quantile: (t) => Math.floor(t * choices.length),
  };
}
