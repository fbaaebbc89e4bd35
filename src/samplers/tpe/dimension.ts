import { type Distribution, nearest, type ParamValue } from '../../core/distribution.js';

/** A numeric parameter as the estimator sees it: an interval, in the logarithm for log ranges. */
export type NumericDimension = {
  readonly kind: 'numeric';
  readonly low: number;
  readonly high: number;
  readonly encode: (value: ParamValue) => number;
  readonly decode: (x: number) => ParamValue;
  /** The part of the interval that becomes the same value; null for a continuous parameter. */
  readonly cell: ((value: ParamValue) => readonly [number, number]) | null;
};
export type ChoiceDimension = { readonly kind: 'choice'; readonly choices: readonly ParamValue[] };
export type Dimension = NumericDimension | ChoiceDimension;

/** Discrete numbers own half a step to each side; ordered choices are the ranks 0, 1, ... */
export function makeDimension(d: Distribution): Dimension {
  if (d.kind === 'categorical')
    return d.ordered && d.choices.length > 1
      ? rankDimension(d.choices)
      : { kind: 'choice', choices: d.choices };
  const scale = d.log ? Math.log : (x: number) => x;
  const unscale = d.log ? Math.exp : (x: number) => x;
  const half = (d.step ?? 0) / 2;
  return {
    kind: 'numeric',
    low: scale(d.low - half),
    high: scale(d.high + half),
    encode: (value) => scale(value as number),
    decode: (x) => nearest(d, unscale(x)),
    cell: half === 0 ? null : (value) => [scale((value as number) - half), scale((value as number) + half)],
  };
}

function rankDimension(choices: readonly ParamValue[]): NumericDimension {
  const ascending = [...choices].sort((a, b) => Number(a) - Number(b));
  return {
    kind: 'numeric',
    low: -0.5,
    high: ascending.length - 0.5,
    encode: (value) => ascending.indexOf(value),
    decode: (x) => ascending[Math.min(ascending.length - 1, Math.max(0, Math.round(x)))] as ParamValue,
    cell: (value) => [ascending.indexOf(value) - 0.5, ascending.indexOf(value) + 0.5],
  };
}
