import {
  type CategoricalDistribution,
  cardinality,
  type Distribution,
  inOrder,
  latticeSteps,
  nearest,
  type ParamValue,
  valueAt,
} from '../core/distribution.js';

/** A numeric parameter as a coordinate in [0, 1]; on a log scale for log ranges. */
export type Coordinate = {
  readonly encode: (value: ParamValue) => number;
  readonly decode: (u: number) => ParamValue;
  /** The interval of [0, 1] that decodes to the same value as u; null for a continuous parameter. */
  readonly cell: ((u: number) => readonly [number, number]) | null;
};

/**
 * Returns the coordinate of a distribution with several ordered values; null for any other. Discrete values have cells
 * of equal width, except log integers, whose cells are as wide as on the log scale.
 */
export function makeCoordinate(d: Distribution): Coordinate | null {
  if (cardinality(d) === 1) return null;
  if (d.kind === 'categorical') return d.ordered ? rankCoordinate(d) : null;
  if (d.log) return d.kind === 'int' ? logIntCoordinate(d.low, d.high) : logCoordinate(d);
  if (d.step === null) {
    const width = d.high - d.low;
    return {
      encode: (value) => ((value as number) - d.low) / width,
      decode: (u) => nearest(d, d.low + u * width),
      cell: null,
    };
  }
  const { low, step } = d;
  const count = d.kind === 'int' ? cardinality(d) : latticeSteps(d.low, d.high, step) + 1;
  return evenCells(
    count,
    (k) => valueAt(d, k),
    (value) => Math.round(((value as number) - low) / step),
  );
}

function logCoordinate(d: Extract<Distribution, { kind: 'float' }>): Coordinate {
  const from = Math.log(d.low);
  // Two neighboring numbers may have the same logarithm. Any width works then, because decoding clips.
  const width = Math.log(d.high) - from || 1;
  return {
    encode: (value) => (Math.log(value as number) - from) / width,
    decode: (u) => nearest(d, Math.exp(from + u * width)),
    cell: null,
  };
}

function logIntCoordinate(low: number, high: number): Coordinate {
  const from = Math.log(low - 0.5);
  const width = Math.log(high + 0.5) - from;
  const place = (x: number) => (Math.log(x) - from) / width;
  const decode = (u: number) => Math.min(high, Math.max(low, Math.round(Math.exp(from + u * width))));
  return {
    encode: (value) => place(value as number),
    decode,
    cell: (u) => [place(decode(u) - 0.5), place(decode(u) + 0.5)],
  };
}

function rankCoordinate(d: CategoricalDistribution): Coordinate {
  const ascending = inOrder(d);
  return evenCells(
    ascending.length,
    (k) => ascending[k] as ParamValue,
    (value) => ascending.indexOf(value),
  );
}

function evenCells(
  count: number,
  nth: (k: number) => ParamValue,
  indexOf: (value: ParamValue) => number,
): Coordinate {
  const cellOf = (u: number) => Math.min(count - 1, Math.max(0, Math.floor(u * count)));
  return {
    encode: (value) => (indexOf(value) + 0.5) / count,
    decode: (u) => nth(cellOf(u)),
    cell: (u) => [cellOf(u) / count, (cellOf(u) + 1) / count],
  };
}
