import type { Axis } from '../../core/encoding/axis.js';
import type { Encoding } from '../../core/encoding/encoding.js';
import { densityAt, logSlopeAt, shapeOf } from '../../core/prior-density.js';
import { ageOf, hasPriors, likeliest } from '../../core/prior-draw.js';
import type { ParamSpec, Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import { COMPLETE, rankKeyOf } from '../trial-ranking.js';
import type { Acquisition } from './acquisition.js';
import { trustIn } from './prior-trust.js';

/** Configurations after which results count about as much as a prior. */
const BALANCE = 10;

type Where = {
  readonly space: Space;
  readonly encoding: Encoding;
  readonly index: number;
  /** Configurations with a result, the best first. */
  readonly ranked: readonly ConfigView[];
};

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
 * al., piBO: Augmenting acquisition functions with user beliefs for Bayesian optimization, ICLR 2022. It is smaller where the best
 * results contradict the prior. Without priors it is the function itself.
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
    value(row, floor) {
      const more = bonus(row);
      return acquisition.value(row, floor - more) + more;
    },
    differentiate(row, gradient) {
      const value = acquisition.differentiate(row, gradient);
      for (const { column, slope } of active(row)) {
        if (column < where.encoding.numbers)
          gradient[column] = (gradient[column] as number) + slope(row[column] as number);
      }
      return value + bonus(row);
    },
    splits: acquisition.splits,
  };
}

function termsOf({ space, encoding, index, ranked }: Where): readonly Term[] {
  const specs = new Map(space.params.map((spec) => [spec.name, spec]));
  return encoding.axes.flatMap((axis, at) => {
    const spec = specs.get(axis.name) as ParamSpec;
    if (!spec.prior) return [];
    const age = ageOf(spec.prior, index);
    const term = termOf(axis, spec, (trustIn(spec, ranked) * BALANCE) / (BALANCE / 2 + age));
    if (term === null) return [];
    const column = encoding.columnOf[at] as number;
    const isOptional = axis.kind !== 'choice' && encoding.axisOf[column + 1] === at;
    return [{ ...term, column, presence: isOptional ? column + 1 : null }];
  });
}

function termOf(
  axis: Axis,
  { distribution: d, prior }: ParamSpec,
  power: number,
): Pick<Term, 'log' | 'slope'> | null {
  const shape = prior && shapeOf(d, prior);
  if (!shape) return null;
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

/** Returns the complete configurations, the best first; none without priors, or where no one order says which is best. */
export function rankedBest(space: Space, { configs, directions }: StudyView): readonly ConfigView[] {
  if (!hasPriors(space) || directions.length > 1) return [];
  const sign = directions[0] === 'maximize' ? -1 : 1;
  const keyed = configs.map((config) => ({ config, key: rankKeyOf(config, sign) }));
  return keyed
    .filter(({ key }) => key.tier === COMPLETE)
    .sort((a, b) => (a.key.first === b.key.first ? 0 : a.key.first < b.key.first ? -1 : 1))
    .map(({ config }) => config);
}
