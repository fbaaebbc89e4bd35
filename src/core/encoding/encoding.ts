import { isRestricted, settle } from '../allowed/place.js';
import type { Params, ParamValue } from '../distribution.js';
import { type ParamSpec, type Resolved, resolve, type Space } from '../space.js';
import { type Axis, makeAxis } from './axis.js';

/** Distance between the code of an active number and that of an inactive one, whose number is set to the middle. */
export const ABSENCE = 0.5;

/**
 * Points of a space as rows of numbers. A point's `codes` hold one number for each parameter that has more than one
 * value. Its `row` is the input of the kernel: first the numbers (a number that is not always active has a second
 * column for whether it is), then the unordered choices, which only compare equal or different.
 */
export type Encoding = {
  readonly axes: readonly Axis[];
  /** Length of a row; the columns from `numbers` on are choices. */
  readonly columns: number;
  readonly numbers: number;
  /** Column -> axis: columns of one axis share a length scale. */
  readonly axisOf: Int32Array;
  /** Axis -> its column. */
  readonly columnOf: Int32Array;
  /** Whether every parameter is always active and every point is allowed: codes and rows then need no resolving. */
  readonly plain: boolean;
  /** Whether constraints exclude any point. */
  readonly restricted: boolean;
  /** Returns the configuration nearest to the codes. */
  point(codes: Float64Array): Resolved;
  /** Returns the row of a configuration; null when it has a value outside the space. */
  row(params: Params): Float64Array | null;
  /** Returns codes that have this row; any code where a parameter is inactive. */
  codes(row: Float64Array): Float64Array;
  /** Returns the row of the configuration nearest to the codes, which may be the codes themselves; null where that configuration is forbidden. */
  rowAt(codes: Float64Array): Float64Array | null;
  /** Returns the codes of the allowed configuration nearest to the codes; null where there is none. */
  allowed(codes: Float64Array): Float64Array | null;
};

const memo = new WeakMap<Space, Encoding>();

/** Returns the encoding of a space; memoized, because a space never changes. */
export function encodingOf(space: Space): Encoding {
  let encoding = memo.get(space);
  if (!encoding) {
    encoding = makeEncoding(space);
    memo.set(space, encoding);
  }
  return encoding;
}

function makeEncoding(space: Space): Encoding {
  const all = space.params.map(({ name, distribution }) => makeAxis(name, distribution));
  const axes = all.filter(({ levels }) => levels > 1);
  const constant = new Map(
    all.filter(({ levels }) => levels <= 1).map((axis) => [axis.name, axis.decode(0)]),
  );
  const places = new Map(axes.map(({ name }, at) => [name, at]));
  const optional = optionalNames(space);
  const plain = optional.size === 0 && space.constraints.length === 0;
  const { axisOf, columnOf, numbers } = layOut(axes, optional);
  // Then a row is its codes: a search looks at hundreds of them for a proposal.
  const areCodesRows = plain && axes.every(({ kind }) => kind === 'continuous');

  const encodeGiven = (given: Params) => {
    const row = new Float64Array(axisOf.length);
    for (let at = 0; at < axes.length; at++) {
      const axis = axes[at] as Axis;
      const column = columnOf[at] as number;
      const present = Object.hasOwn(given, axis.name);
      const code = present ? axis.encode(given[axis.name] as ParamValue) : null;
      if (axis.kind === 'choice') row[column] = code ?? -1;
      else {
        row[column] = code ?? 0.5;
        if (optional.has(axis.name)) row[column + 1] = code === null ? 0 : ABSENCE;
      }
    }
    return row;
  };
  const chosenAt =
    (codes: Float64Array) =>
    ({ name }: ParamSpec) => {
      const at = places.get(name);
      return at === undefined ? (constant.get(name) as ParamValue) : axes[at]!.decode(codes[at] as number);
    };
  const codesOf = (row: Float64Array) =>
    Float64Array.from(axes, (axis, at) => {
      const code = row[columnOf[at] as number] as number;
      return axis.kind === 'choice' && code < 0 ? 0 : code;
    });
  return {
    axes,
    columns: axisOf.length,
    numbers,
    axisOf,
    columnOf,
    plain,
    restricted: isRestricted(space),
    point: (codes) => resolve(space, chosenAt(codes)),
    row(params) {
      for (const axis of all) {
        if (Object.hasOwn(params, axis.name) && axis.encode(params[axis.name] as ParamValue) === null)
          return null;
      }
      if (plain) return all.every(({ name }) => Object.hasOwn(params, name)) ? encodeGiven(params) : null;
      let whole = true;
      // A configuration's parameters lack the values that constraints force: resolve it again to get them.
      const { given } = resolve(space, ({ name }) => {
        if (Object.hasOwn(params, name)) return params[name] as ParamValue;
        whole = false;
        // A constant may be null.
        const at = places.get(name);
        return at === undefined ? (constant.get(name) as ParamValue) : axes[at]!.decode(0);
      });
      return whole ? encodeGiven(given) : null;
    },
    codes: codesOf,
    rowAt(codes) {
      if (areCodesRows) return codes;
      if (plain) {
        const row = new Float64Array(axisOf.length);
        for (let at = 0; at < axes.length; at++)
          row[columnOf[at] as number] = (axes[at] as Axis).snap(codes[at] as number);
        return row;
      }
      const resolved = resolve(space, chosenAt(codes));
      return resolved.forbidden ? null : encodeGiven(resolved.given);
    },
    allowed(codes) {
      const settled = settle(space, chosenAt(codes));
      return settled.forbidden ? null : codesOf(encodeGiven(settled.given));
    },
  };
}

/** Returns the names that are not always sampled: conditional ones and those that a constraint may force. */
function optionalNames(space: Space): Set<string> {
  const forced = space.constraints.flatMap((c) => (c.kind === 'set' ? Object.keys(c.set) : []));
  return new Set([...space.params.filter(({ when }) => when).map(({ name }) => name), ...forced]);
}

function layOut(axes: readonly Axis[], optional: ReadonlySet<string>) {
  const owners: number[] = [];
  const columnOf = new Int32Array(axes.length);
  const place = (at: number, columns: number) => {
    columnOf[at] = owners.length;
    for (let k = 0; k < columns; k++) owners.push(at);
  };
  axes.forEach(({ kind, name }, at) => {
    if (kind !== 'choice') place(at, optional.has(name) ? 2 : 1);
  });
  const numbers = owners.length;
  axes.forEach(({ kind }, at) => {
    if (kind === 'choice') place(at, 1);
  });
  return { axisOf: Int32Array.from(owners), columnOf, numbers };
}
