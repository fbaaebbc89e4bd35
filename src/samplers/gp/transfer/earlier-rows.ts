import type { Distribution, ParamValue } from '../../../core/distribution.js';
import type { EarlierStudy } from '../../../core/earlier-studies.js';
import type { Axis } from '../../../core/encoding/axis.js';
import { ABSENCE, type Encoding } from '../../../core/encoding/encoding.js';
import type { Space } from '../../../core/space.js';

/** Results of an earlier study as rows in the columns of this study. */
export type EarlierRows = {
  readonly rows: readonly Float64Array[];
  /** Values of the objective, the oldest first. */
  readonly values: readonly number[];
  /** What a row of this study is to the earlier one, column by column: `scale` and `shift` of numbers. */
  readonly columns: readonly Column[];
};

/** `known` false: the earlier study has no such parameter, and every row has the same `fill` there. */
export type Column = {
  readonly known: boolean;
  readonly scale: number;
  readonly shift: number;
  readonly fill: number;
};

/** A code of a choice that this study does not have. */
const OTHER_CHOICE = -2;
/** The code of an inactive number. */
const MIDDLE = 0.5;

/**
 * Returns the results of an earlier study in the columns of this one. Parameters are the same where their names are. A range that was
 * wider counts as a whole, so that its values keep their distances; a choice that this study lacks is one more choice. A point with a
 * value that has no place here, such as a word in a range, is left out.
 */
export function earlierRows(space: Space, encoding: Encoding, study: EarlierStudy): EarlierRows {
  const axes = encoding.axes.map((axis) => encoderOf(axis, distributionOf(space, axis.name)));
  const shared = encoding.axes.map(({ name }, at) =>
    study.points.some(
      ({ params }) => Object.hasOwn(params, name) && axes[at]?.(params[name] as ParamValue) !== null,
    ),
  );
  const rows: Float64Array[] = [];
  const values: number[] = [];
  for (const { params, value } of study.points) {
    const row = new Float64Array(encoding.columns);
    const fits = encoding.axes.every(({ name, kind }, at) => {
      const given = shared[at] && Object.hasOwn(params, name) ? (params[name] as ParamValue) : undefined;
      const code = given === undefined ? undefined : axes[at]?.(given);
      if (code === null) return false;
      const column = encoding.columnOf[at] as number;
      row[column] = code ?? (kind === 'choice' ? -1 : MIDDLE);
      if (hasPresence(encoding, at) && shared[at]) row[column + 1] = code === undefined ? 0 : ABSENCE;
      return true;
    });
    if (!fits || !shared.includes(true)) continue;
    rows.push(row);
    values.push(value);
  }
  const columns = columnsOf(encoding, shared, rows);
  return { rows: rows.map((row) => placed(row, columns)), values, columns };
}

/** Returns a row of this study as one of the earlier study. */
export function placed(row: Float64Array, columns: readonly Column[]): Float64Array {
  return row.map((code, c) => {
    const { known, scale, shift, fill } = columns[c] as Column;
    return known ? (code - shift) * scale : fill;
  });
}

function columnsOf(
  encoding: Encoding,
  shared: readonly boolean[],
  rows: readonly Float64Array[],
): readonly Column[] {
  return Array.from(encoding.axisOf, (at, c): Column => {
    const isNumber = encoding.columnOf[at] === c && encoding.axes[at]?.kind !== 'choice';
    if (!shared[at]) return { known: false, scale: 1, shift: 0, fill: isNumber ? MIDDLE : 0 };
    if (!isNumber) return { known: true, scale: 1, shift: 0, fill: 0 };
    // Both ranges together are the unit of distances.
    const codes = rows.map((row) => row[c] as number);
    const low = codes.reduce((a, b) => Math.min(a, b), 0);
    const high = codes.reduce((a, b) => Math.max(a, b), 1);
    return { known: true, scale: 1 / (high - low), shift: low, fill: 0 };
  });
}

function hasPresence({ axisOf, columnOf, axes }: Encoding, at: number): boolean {
  return axes[at]?.kind !== 'choice' && axisOf[(columnOf[at] as number) + 1] === at;
}

function distributionOf({ params }: Space, name: string): Distribution {
  return params.find((spec) => spec.name === name)?.distribution as Distribution;
}

/** Returns the code of any value, also of one outside the distribution; null for one that has no place on its axis. */
function encoderOf(axis: Axis, d: Distribution): (value: ParamValue) => number | null {
  if (d.kind === 'categorical') {
    if (d.ordered) return axis.encode;
    const others: ParamValue[] = [];
    return (value) => {
      const known = axis.encode(value);
      if (known !== null) return known;
      if (!others.includes(value)) others.push(value);
      return OTHER_CHOICE - others.indexOf(value);
    };
  }
  const scale = d.log ? Math.log : (x: number) => x;
  const from = scale(d.low);
  const width = scale(d.high) - from;
  return (value) => {
    const code = typeof value === 'number' ? (scale(value) - from) / width : Number.NaN;
    return Number.isFinite(code) ? code : null;
  };
}
