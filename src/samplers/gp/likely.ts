import type { Axis } from '../../core/encoding/axis.js';
import type { Encoding } from '../../core/encoding/encoding.js';
import { densityAt, logSlopeAt, shapeOf } from '../../core/prior-density.js';
import { ageOf, hasPriors, likeliest } from '../../core/prior-draw.js';
import type { ParamSpec, Space } from '../../core/space.js';
import type { Acquisition } from './acquisition.js';

/** Configurations after which results count about as much as a prior. */
const BALANCE = 10;

type Where = { readonly space: Space; readonly encoding: Encoding; readonly index: number };

/** The logarithm of one parameter's prior, times its weight. */
type Term = {
  /** Index in a row. */
  readonly column: number;
  /** Index of the column that is 0 where the parameter is inactive; null where it is always active. */
  readonly presence: number | null;
  readonly log: (code: number) => number;
  readonly slope: (code: number) => number;
};

/**
 * Returns the acquisition function times the priors, each to a power that falls with the number of configurations: Hvarfner et
 * al., piBO: Augmenting acquisition functions with user beliefs for Bayesian optimization, ICLR 2022. However wrong a prior is,
 * its effect ends. Without priors it is the function itself.
 */
export function favoring(acquisition: Acquisition, where: Where): Acquisition {
  const terms = termsOf(where);
  if (terms.length === 0) return acquisition;
  const active = (row: Float64Array) =>
    terms.filter(({ column, presence }) =>
      presence === null ? (row[column] as number) >= 0 : (row[presence] as number) > 0,
    );
  const bonus = (row: Float64Array) =>
    active(row).reduce((sum, { column, log }) => sum + log(row[column] as number), 0);
  return {
    value: (row) => acquisition.value(row) + bonus(row),
    differentiate(row, gradient) {
      const value = acquisition.differentiate(row, gradient);
      for (const { column, slope } of active(row)) {
        if (column < where.encoding.numbers)
          gradient[column] = (gradient[column] as number) + slope(row[column] as number);
      }
      return value + bonus(row);
    },
  };
}

function termsOf({ space, encoding, index }: Where): readonly Term[] {
  const specs = new Map(space.params.map((spec) => [spec.name, spec]));
  return encoding.axes.flatMap((axis, at) => {
    const term = termOf(axis, specs.get(axis.name) as ParamSpec, index);
    if (term === null) return [];
    const column = encoding.columnOf[at] as number;
    const isOptional = axis.kind !== 'choice' && encoding.axisOf[column + 1] === at;
    return [{ ...term, column, presence: isOptional ? column + 1 : null }];
  });
}

function termOf(
  axis: Axis,
  { distribution: d, prior }: ParamSpec,
  index: number,
): Pick<Term, 'log' | 'slope'> | null {
  const shape = prior && shapeOf(d, prior);
  if (!shape) return null;
  const power = BALANCE / (BALANCE / 2 + ageOf(prior, index));
  if (shape.kind === 'range')
    return {
      log: (code) => power * Math.log(densityAt(shape, code)),
      slope: (code) => power * logSlopeAt(shape, code),
    };
  const choices = d.kind === 'categorical' ? d.choices : [];
  const logs = new Map(
    choices.map((choice, k) => [choice, power * Math.log((shape.masses[k] as number) * choices.length)]),
  );
  return { log: (code) => logs.get(axis.decode(code)) ?? 0, slope: () => 0 };
}

/** Returns where the priors are greatest, as codes: a start for the search beside the best configurations. The rest is that of `base`. */
export function likelyCodes(
  space: Space,
  { axes }: Encoding,
  base: Float64Array | undefined,
): Float64Array[] {
  if (!hasPriors(space) || base === undefined) return [];
  const values = new Map(space.params.map((spec) => [spec.name, likeliest(spec)]));
  return [
    base.map((code, at) => {
      const axis = axes[at] as Axis;
      const value = values.get(axis.name) ?? null;
      return value === null ? code : (axis.encode(value) ?? code);
    }),
  ];
}
