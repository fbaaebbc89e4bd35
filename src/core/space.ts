import {
  breaks,
  type Condition,
  type Constraint,
  holds,
  namesIn,
  type Restriction,
  type SetConstraint,
} from './constraint.js';
import type { Distribution, Params, ParamValue } from './distribution.js';
import { HpoError } from './errors.js';
import type { Prior } from './prior.js';

/** One parameter of a search. Plain data: a space is stored with its study as JSON. */
export type ParamSpec = {
  readonly name: string;
  readonly distribution: Distribution;
  /** How many points a grid takes from a range; other samplers search the range itself. */
  readonly steps?: number;
  /** The parameter is active only where this holds. */
  readonly when?: Condition;
  /** Where its best value is expected. */
  readonly prior?: Prior;
};

export type Space = {
  /** In the order the user wrote them: columns and arguments follow it. */
  readonly params: readonly ParamSpec[];
  readonly constraints: readonly Constraint[];
  /** Every name, after all names on which its activity depends. Includes names that only constraints set. */
  readonly order: readonly string[];
};

/** A point of the space, with what constraints force and forbid. */
export type Resolved = {
  /** Active, sampled values. */
  readonly params: Params;
  /** What constraints force. */
  readonly forced: Params;
  /** Both, in the order of the space: what the trainer receives. */
  readonly given: Params;
  readonly forbidden: boolean;
};

/**
 * Returns a space after checking its names and conditions together.
 * @throws HpoError space.duplicate, space.unknown-name or space.cycle (usage errors); `message` names the parameters.
 */
export function makeSpace(params: readonly ParamSpec[], constraints: readonly Constraint[] = []): Space {
  const names = new Set<string>();
  for (const { name } of params) {
    if (names.has(name))
      throw new HpoError('space.duplicate', `parameter ${name} is given twice`, { usage: true });
    names.add(name);
  }
  for (const c of constraints) if (c.kind === 'set') for (const name of Object.keys(c.set)) names.add(name);
  const needs = dependencies(params, constraints, names);
  return { params, constraints, order: sortByNeed([...names], needs) };
}

function dependencies(
  params: readonly ParamSpec[],
  constraints: readonly Constraint[],
  names: ReadonlySet<string>,
) {
  const needs = new Map<string, Set<string>>([...names].map((name) => [name, new Set()]));
  const add = (name: string, condition: Condition) => {
    for (const other of Object.keys(condition)) {
      if (!names.has(other)) throw unknownName(other, names);
      needs.get(name)?.add(other);
    }
  };
  for (const { name, when } of params) if (when) add(name, when);
  for (const c of constraints) {
    if (c.kind === 'set') for (const name of Object.keys(c.set)) add(name, c.when);
    else
      for (const name of namesIn(c))
        if (!names.has(name)) throw unknownName(name, names, c.kind === 'forbid' ? 'condition' : c.kind);
  }
  return needs;
}

function unknownName(name: string, names: ReadonlySet<string>, owner = 'condition'): HpoError {
  return new HpoError('space.unknown-name', `a ${owner} names ${name}, which is no parameter`, {
    usage: true,
    fix: `use one of ${[...names].join(', ')}`,
  });
}

function sortByNeed(names: readonly string[], needs: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const order = new Set<string>();
  const path: string[] = [];
  const visit = (name: string) => {
    if (order.has(name)) return;
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' -> ');
      throw new HpoError('space.cycle', `conditions depend on each other: ${cycle}`, {
        usage: true,
        fix: 'remove one of these conditions',
      });
    }
    path.push(name);
    for (const other of needs.get(name) ?? []) visit(other);
    path.pop();
    order.add(name);
  };
  for (const name of names) visit(name);
  return [...order];
}

/** A name with what decides its value. */
export type Step = {
  readonly name: string;
  readonly spec: ParamSpec | undefined;
  readonly setters: readonly SetConstraint[];
};
type Plan = {
  /** In the order of resolution. */
  readonly steps: readonly Step[];
  readonly restrictions: readonly Restriction[];
  /** What `givenNames` says. */
  readonly names: readonly string[];
  /** The parameters, where each is always active and sampled and no point is forbidden; null where that depends on values. */
  readonly free: readonly ParamSpec[] | null;
};
const plans = new WeakMap<Space, Plan>();

/** Returns everything that resolution needs; cached, since a space never changes. */
export function planOf(space: Space): Plan {
  let made = plans.get(space);
  if (!made) {
    const specs = new Map(space.params.map((spec) => [spec.name, spec]));
    const sets = space.constraints.filter((c) => c.kind === 'set');
    made = {
      steps: space.order.map((name) => ({
        name,
        spec: specs.get(name),
        setters: sets.filter((c) => Object.hasOwn(c.set, name)),
      })),
      restrictions: space.constraints.filter((c) => c.kind !== 'set'),
      names: [...new Set([...specs.keys(), ...space.order])],
      free: isFree(space) ? space.params : null,
    };
    plans.set(space, made);
  }
  return made;
}

/** Names that nothing needs are in order as they are written. */
function isFree({ params, constraints, order }: Space): boolean {
  return constraints.length === 0 && params.every(({ name, when }, k) => !when && order[k] === name);
}

/** Returns the role of a name once all it depends on is known; when several constraints set it, the last one wins. */
export type Role = { readonly forced: ParamValue } | { readonly active: ParamSpec } | 'inactive';
export function roleOf(step: Step, known: Params): Role {
  const setter = step.setters.findLast((c) => holds(c.when, known));
  if (setter) return { forced: setter.set[step.name] as ParamValue };
  if (!step.spec || (step.spec.when && !holds(step.spec.when, known))) return 'inactive';
  return { active: step.spec };
}

const NONE: Params = Object.freeze({});

/** Returns a point of the space: `choose` is called once for each active parameter that nothing forces, in order of dependence. */
export function resolve(space: Space, choose: (spec: ParamSpec, known: Params) => ParamValue): Resolved {
  const { steps, free } = planOf(space);
  const known: Record<string, ParamValue> = {};
  if (free !== null) {
    for (const spec of free) known[spec.name] = choose(spec, known);
    return { params: known, forced: NONE, given: known, forbidden: false };
  }
  const forced = new Set<string>();
  for (const step of steps) {
    const is = roleOf(step, known);
    if (is === 'inactive') continue;
    if ('forced' in is) forced.add(step.name);
    known[step.name] = 'forced' in is ? is.forced : choose(is.active, known);
  }
  return pointOf(space, known, forced);
}

/** Yields every point of the space for the given values of each parameter; the last parameter varies fastest. */
export function* expand(
  space: Space,
  valuesOf: (spec: ParamSpec) => readonly ParamValue[],
): Generator<Resolved> {
  const { steps } = planOf(space);
  function* walk(
    at: number,
    known: Record<string, ParamValue>,
    forced: ReadonlySet<string>,
  ): Generator<Resolved> {
    const step = steps[at];
    if (!step) return yield pointOf(space, known, forced);
    const is = roleOf(step, known);
    if (is === 'inactive') return yield* walk(at + 1, known, forced);
    if ('forced' in is) {
      return yield* walk(at + 1, { ...known, [step.name]: is.forced }, new Set(forced).add(step.name));
    }
    for (const value of valuesOf(is.active)) yield* walk(at + 1, { ...known, [step.name]: value }, forced);
  }
  yield* walk(0, {}, new Set());
}

/** Returns a point from all its values; `forced`: the names that constraints set. */
export function pointOf(space: Space, known: Params, forced: ReadonlySet<string>): Resolved {
  const params: Record<string, ParamValue> = {};
  const set: Record<string, ParamValue> = {};
  const given: Record<string, ParamValue> = {};
  const { names, restrictions } = planOf(space);
  for (const name of names) {
    const value = Object.hasOwn(known, name) ? known[name] : undefined;
    if (value === undefined) continue;
    given[name] = value;
    (forced.has(name) ? set : params)[name] = value;
  }
  const forbidden = restrictions.some((rule) => breaks(rule, known));
  return { params, forced: set, given, forbidden };
}

/** Returns all names that a trainer may receive: parameters as written, then names that only constraints set. */
export function effectiveNames(space: Space): readonly string[] {
  return planOf(space).names;
}

/** The names of a point, and how its text is written; most points of a program have the same names. */
type KeyPlan = {
  readonly names: readonly string[];
  readonly sorted: readonly (readonly [name: string, opening: string])[];
};
let keyPlan: KeyPlan = { names: [], sorted: [] };

/** Returns the canonical text of what a trainer receives; equal exactly when the trainer receives the same. */
export function paramsKey(given: Params): string {
  const names = Object.keys(given);
  if (!areSame(names, keyPlan.names)) {
    // Sorted by code units, as text compares.
    const sorted = names
      .toSorted()
      .map((name, k) => [name, `${k > 0 ? ',' : ''}[${JSON.stringify(name)},`] as const);
    keyPlan = { names, sorted };
  }
  let text = '[';
  for (const [name, opening] of keyPlan.sorted) text += `${opening}${jsonOf(given[name])}]`;
  return `${text}]`;
}

/** JSON of lists takes twice as long. */
function jsonOf(value: ParamValue | undefined): string {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : JSON.stringify(value ?? null);
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
