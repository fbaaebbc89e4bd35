import { cardinality, nearest, type ParamValue, valueAt } from './distribution.js';
import { HpoError } from './errors.js';
import { expand, type ParamSpec, type Resolved, type Space } from './space.js';

/** A larger grid is a mistake: nobody runs a million trainings, and each point costs memory. */
export const GRID_LIMIT = 1_000_000;

export type GridPlan = {
  /** Combinations of all values where they are active, before constraints. */
  readonly combinations: number;
  /** How many of them a `set` constraint makes equal to another one. */
  readonly equal: number;
  readonly forbidden: number;
  /** The points to run, in order: the last parameter varies fastest. */
  readonly points: readonly Resolved[];
};

/** Returns the values a grid takes from a parameter; null for a continuous range without `steps`. */
export function gridValues({ distribution: d, steps }: ParamSpec): readonly ParamValue[] | null {
  if (steps !== undefined && d.kind !== 'categorical') {
    const count = Math.min(steps, cardinality(d));
    return count > GRID_LIMIT ? null : spread(d, count);
  }
  const size = cardinality(d);
  if (size > GRID_LIMIT) return null;
  return Array.from({ length: size }, (_, k) => valueAt(d, k));
}

/** Returns `count` values from low to high, evenly spaced (in the logarithm for a log range), each once. */
function spread(d: Exclude<ParamSpec['distribution'], { kind: 'categorical' }>, count: number): number[] {
  const at = (share: number) => {
    if (!d.log) return d.low + share * (d.high - d.low);
    return Math.exp(Math.log(d.low) + share * (Math.log(d.high) - Math.log(d.low)));
  };
  const values = Array.from({ length: count }, (_, k) => {
    if (k === 0) return d.low;
    if (k === count - 1) return d.high;
    // Twelve digits: people expect 0.001 between 0.0001 and 0.01, not 0.0010000000000000002.
    return nearest(d, Number(at(k / (count - 1)).toPrecision(12)));
  });
  return [...new Set(values)];
}

/** Returns why a grid cannot enumerate the space; null when it can. */
export function refuseGrid(space: Space): HpoError | null {
  for (const spec of space.params) {
    if (gridValues(spec) !== null) continue;
    const d = spec.distribution;
    const finite = spec.steps !== undefined || Number.isFinite(cardinality(d));
    return new HpoError(
      finite ? 'grid.too-large' : 'grid.not-finite',
      `grid needs finite values, but ${spec.name} is ${finite ? 'a range of over a million values' : 'a continuous range'}`,
      {
        usage: true,
        fix: `give ${spec.name} a list of values, or steps: N for N points of its range, or use --sampler random`,
      },
    );
  }
  // Parameters without conditions always multiply: this rejects a large grid before a million points are listed.
  const sets = space.constraints.filter((c) => c.kind === 'set');
  const always = space.params.filter(
    ({ name, when }) => !when && !sets.some((c) => Object.hasOwn(c.set, name)),
  );
  const certain = always.reduce((size, spec) => size * (gridValues(spec)?.length ?? 1), 1);
  return certain > GRID_LIMIT ? tooMany() : null;
}

function tooMany(): HpoError {
  return new HpoError('grid.too-large', `the grid has over ${GRID_LIMIT.toLocaleString('en')} combinations`, {
    usage: true,
    fix: 'list fewer values, or use --sampler random or tpe with a budget (--trials N)',
  });
}

const plans = new WeakMap<Space, GridPlan>();

/**
 * Returns all points of a finite space. The result is cached: a space never changes.
 * @throws HpoError grid.not-finite or grid.too-large (usage errors).
 */
export function planGrid(space: Space): GridPlan {
  let plan = plans.get(space);
  if (!plan) {
    plan = enumerate(space);
    plans.set(space, plan);
  }
  return plan;
}

function enumerate(space: Space): GridPlan {
  const refusal = refuseGrid(space);
  if (refusal) throw refusal;
  const values = new Map(space.params.map((spec) => [spec.name, gridValues(spec) as readonly ParamValue[]]));
  const valuesOf = (spec: ParamSpec) => values.get(spec.name) as readonly ParamValue[];
  // Forced names are not expanded, so points are never equal: paths differ where a sampled value differs.
  const distinct = [...upTo(expand(space, valuesOf))];
  const free = { ...space, constraints: space.constraints.filter((c) => c.kind !== 'set') };
  let combinations = 0;
  for (const _ of upTo(expand(free, valuesOf))) combinations++;
  const points = distinct.filter((point) => !point.forbidden);
  return {
    // A forced value may activate parameters that no sampled value does; then nothing was made equal.
    combinations: Math.max(combinations, distinct.length),
    equal: Math.max(0, combinations - distinct.length),
    forbidden: distinct.length - points.length,
    points,
  };
}

function* upTo<T>(points: Iterable<T>): Generator<T> {
  let count = 0;
  for (const point of points) {
    if (++count > GRID_LIMIT) throw tooMany();
    yield point;
  }
}
