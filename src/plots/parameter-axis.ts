import type { Distribution } from '../core/distribution.js';
import { paramText } from '../core/param-text.js';
import type { ResultsModel } from '../results/results-model.js';
import type { ParamColumn } from '../results/value-columns.js';
import type { Axis } from './figure.js';
import { categoryAxis, extentOf, valueAxis } from './scale.js';

/** What stands where a trial has no value of a parameter, since its condition did not hold. */
const NOT_SET = 'not set';

/** A parameter as plots show it: its axis, and the value of each trial there; NaN for none. */
export type ParameterAxis = { readonly axis: Axis; readonly valueAt: (trial: number) => number };

type Shown = {
  /** The trials to be seen. */
  readonly rows: readonly number[];
  readonly isTight: boolean;
};

/** Returns an axis for each parameter of the study; log where its distribution is. */
export function parameterAxes({ study, table }: ResultsModel, shown: Shown): ParameterAxis[] {
  const distributions = new Map(study.space.params.map(({ name, distribution }) => [name, distribution]));
  return [...table.params].map(([name, column]) =>
    parameterAxis(name, column, distributions.get(name), shown),
  );
}

function parameterAxis(
  name: string,
  column: ParamColumn,
  distribution: Distribution | undefined,
  { rows, isTight }: Shown,
): ParameterAxis {
  const absent = rows.some((row) => column.get(row) === undefined) ? NOT_SET : null;
  // Another program may have brought a text for a number.
  if (distribution?.kind === 'categorical' || column.others.length > 0)
    return categories(name, column, distribution, { rows, absent });
  const numbers = column.numbers;
  const scale = distribution?.log ? 'log' : 'linear';
  const bounds = distribution ? [distribution.low, distribution.high] : [];
  const seen = rows.map((row) => numbers.get(row));
  const extent = extentOf([...bounds, ...seen], scale);
  const isWhole = distribution?.kind === 'int';
  return {
    axis: valueAxis({ label: name, scale, extent, isWhole, absent, isTight }),
    valueAt: (row) => numbers.get(row),
  };
}

function categories(
  name: string,
  column: ParamColumn,
  distribution: Distribution | undefined,
  { rows, absent }: { readonly rows: readonly number[]; readonly absent: string | null },
): ParameterAxis {
  const places = new Map<string, number>();
  const add = (text: string) => places.has(text) || places.set(text, places.size);
  if (distribution?.kind === 'categorical') for (const choice of distribution.choices) add(paramText(choice));
  const textOf = (row: number) => {
    const value = column.get(row);
    return value === undefined ? null : paramText(value);
  };
  for (const row of rows) {
    const text = textOf(row);
    if (text !== null) add(text);
  }
  return {
    axis: categoryAxis(name, [...places.keys()], absent),
    valueAt: (row) => {
      const text = textOf(row);
      return text === null ? Number.NaN : (places.get(text) ?? Number.NaN);
    },
  };
}

/** Returns a note on trials that lack parameters; nothing where every trial has each. `where`: `at the left edge`. */
export function absentNotes(
  axes: readonly ParameterAxis[],
  rows: readonly number[],
  where: string,
): string[] {
  return axes.flatMap(({ axis, valueAt }) => {
    if (axis.absent === null) return [];
    const count = rows.filter((row) => Number.isNaN(valueAt(row))).length;
    return [`${count} of ${rows.length} trials without ${axis.label} ${where}`];
  });
}
