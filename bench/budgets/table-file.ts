import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import {
  categorical,
  type Distribution,
  float,
  int,
  type Params,
  type ParamValue,
} from '../../src/core/distribution.js';
import { makeSpace, type ParamSpec } from '../../src/core/space.js';
import { makeCoordinate } from '../../src/samplers/coordinate.js';
import type { CurveTable, Family } from './table.js';

type Range = {
  readonly min: number;
  readonly max: number;
  readonly log?: boolean;
  readonly int?: boolean;
  readonly step?: number;
};
type Curve = { readonly params: Params; readonly losses: readonly (number | null)[] };

/** Curves that were measured, as a file has them; null is a loss that was not finite. */
export type MeasuredCurves = {
  readonly name: string;
  readonly text: string;
  readonly epochs: number;
  /** As in a sweep file: a list of choices, or a range. Every parameter is always active. */
  readonly parameters: Readonly<Record<string, readonly ParamValue[] | Range>>;
  readonly curves: readonly Curve[];
};

/** Returns the measured curves of a file: JSON as `MeasuredCurves`, or CSV with a column for each parameter and each epoch. */
export function readTable(path: string): MeasuredCurves {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.csv') ? fromCsv(path, text) : (JSON.parse(text) as MeasuredCurves);
}

/**
 * Returns a table of measured curves as a family that answers with the curve of the nearest configuration, every
 * parameter scaled to [0, 1]. Its instances are equal; a seed only determines the search.
 */
export function measured(file: MeasuredCurves, epochs: number = file.epochs): Family {
  const specs = Object.entries(file.parameters).map(
    ([name, raw]): ParamSpec => ({ name, distribution: toDistribution(raw) }),
  );
  const place = placer(specs);
  const known = file.curves.map(({ params, losses }) => ({
    at: place(params),
    losses: losses.slice(0, epochs).map((loss) => loss ?? Number.NaN),
  }));
  const table: CurveTable = {
    space: makeSpace(specs),
    epochs,
    losses(params) {
      const at = place(params);
      const distance = (other: readonly number[]) =>
        other.reduce((sum, v, k) => sum + (v - (at[k] as number)) ** 2, 0);
      return known.reduce((a, b) => (distance(b.at) < distance(a.at) ? b : a)).losses;
    },
  };
  return { name: `${file.name}, ${epochs} epochs`, text: file.text, epochs, make: () => table };
}

function toDistribution(raw: readonly ParamValue[] | Range): Distribution {
  if (Array.isArray(raw)) return categorical(raw as readonly ParamValue[]);
  const { min, max, log = false, int: whole = false, step } = raw as Range;
  const more = { log, ...(step !== undefined && { step }) };
  return whole ? int(min, max, more) : float(min, max, more);
}

/** Returns a function from parameters to a point: a number for each numeric one, and one for each unordered choice. */
function placer(specs: readonly ParamSpec[]): (params: Params) => readonly number[] {
  const parts = specs.map(({ name, distribution }): ((params: Params) => readonly number[]) => {
    const coordinate = makeCoordinate(distribution);
    if (coordinate !== null) return (params) => [coordinate.encode(params[name] as ParamValue)];
    if (distribution.kind !== 'categorical') return () => [];
    // Two different choices are one apart.
    return (params) => distribution.choices.map((c) => (c === params[name] ? Math.SQRT1_2 : 0));
  });
  return (params) => parts.flatMap((part) => part(params));
}

const EPOCH = /^(?:epoch|step)?_?(\d+)$/;

/** A range is on a log scale where its ends are far apart; text is a choice. */
function fromCsv(path: string, text: string): MeasuredCurves {
  const rows = parse(text, { columns: true, skip_empty_lines: true }) as Record<string, string>[];
  const columns = Object.keys(rows[0] ?? {});
  const steps = columns.filter((name) => EPOCH.test(name));
  const names = columns.filter((name) => !EPOCH.test(name));
  if (steps.length === 0 || names.length === 0)
    throw new Error(
      `expected columns of parameters and of epochs (1, 2, ...) in ${path}, got ${columns.join(', ')}`,
    );
  const number = (cell: string | undefined) =>
    cell === '' || cell === undefined ? Number.NaN : Number(cell);
  const isNumeric = new Set(names.filter((name) => rows.every((row) => Number.isFinite(number(row[name])))));
  const parameters = Object.fromEntries(
    names.map((name) => {
      const cells = [...new Set(rows.map((row) => row[name] as string))];
      return [name, isNumeric.has(name) ? rangeOf(cells.map(Number)) : cells];
    }),
  );
  const curves = rows.map((row) => ({
    params: Object.fromEntries(
      names.map((name) => [name, isNumeric.has(name) ? Number(row[name]) : (row[name] as string)]),
    ),
    losses: steps.map((step) => (Number.isFinite(number(row[step])) ? number(row[step]) : null)),
  }));
  return {
    name: path,
    text: `curves of ${rows.length} configurations`,
    epochs: steps.length,
    parameters,
    curves,
  };
}

function rangeOf(values: readonly number[]): readonly number[] | Range {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  if (min === max) return [min];
  return { min, max, log: min > 0 && max / min >= 50, int: values.every(Number.isInteger) };
}
