import {
  type Comparison,
  type ForbidTest,
  isParamRef,
  namesIn,
  type Restriction,
  type TotalConstraint,
} from '../constraint.js';
import type { ParamValue } from '../distribution.js';
import { planOf, type Space, type Step } from '../space.js';
import { between, type Domain, domainOf, except, filtered } from './domain.js';

/** A test of a rule: that a value lies in a region, or how it compares with another parameter. */
export type Atom =
  | {
      readonly kind: 'in';
      readonly at: number;
      /** The values that pass; null where only the value itself tells (a forced name has no distribution). */
      readonly region: Domain | null;
      readonly test: ForbidTest;
    }
  | { readonly kind: 'lt' | 'le' | 'eq' | 'ne'; readonly at: number; readonly other: number };

/** A rule over places of parameters: not all atoms hold (`clause`), or a total stays within its limits. */
export type Rule =
  | { readonly kind: 'clause'; readonly atoms: readonly Atom[]; readonly source: Restriction }
  | {
      readonly kind: 'sum' | 'product';
      readonly places: readonly number[];
      readonly min: number;
      readonly max: number;
      readonly source: Restriction;
    };

/** What the search for an allowed point needs of a space. Names are known by their places in `steps`. */
export type Problem = {
  readonly space: Space;
  /** Those on which the activity of others depends come first, each after those that it depends on. */
  readonly steps: readonly Step[];
  /** How many of the steps others depend on. */
  readonly structural: number;
  /** Place -> all its values; null for a name that only constraints set. */
  readonly domains: readonly (Domain | null)[];
  /** Place -> the values that pass each test of a condition on it. */
  readonly regionsOf: readonly (readonly Domain[])[];
  /** Place -> whether every configuration samples it. */
  readonly always: readonly boolean[];
  readonly rules: readonly Rule[];
  /** Place -> indices of the rules about it. */
  readonly rulesOf: readonly (readonly number[])[];
};

const problems = new WeakMap<Space, Problem | null>();

/** Returns the problem of a space; null where no rule excludes anything, so that every point is allowed. */
export function problemOf(space: Space): Problem | null {
  let problem = problems.get(space);
  if (problem === undefined) {
    const rules = space.constraints.filter((c) => c.kind !== 'set');
    problem = rules.length === 0 ? null : compile(space, rules);
    problems.set(space, problem);
  }
  return problem;
}

function compile(space: Space, restrictions: readonly Restriction[]): Problem {
  const { steps: planned } = planOf(space);
  const conditions = planned.flatMap(({ spec, setters }) => [
    ...(spec?.when ? [spec.when] : []),
    ...setters.map(({ when }) => when),
  ]);
  const needed = new Set(conditions.flatMap((condition) => Object.keys(condition)));
  const first = planned.filter(({ name }) => needed.has(name));
  const steps = [...first, ...planned.filter(({ name }) => !needed.has(name))];
  const places = new Map(steps.map(({ name }, at) => [name, at]));
  const domains = steps.map(({ spec }) => (spec ? domainOf(spec.distribution) : null));
  const rules = restrictions.map((rule): Rule => {
    if (rule.kind !== 'forbid') return totalOf(rule, places);
    const atoms = Object.entries(rule.forbid).flatMap(([name, test]) =>
      atomsOf(places.get(name) as number, test, places, domains),
    );
    return { kind: 'clause', atoms, source: rule };
  });
  const rulesOf: number[][] = steps.map(() => []);
  restrictions.forEach((rule, k) => {
    for (const name of namesIn(rule)) rulesOf[places.get(name) as number]?.push(k);
  });
  return {
    space,
    steps,
    structural: first.length,
    domains,
    regionsOf: steps.map(({ name }, at) => {
      const domain = domains[at];
      if (!domain) return [];
      return conditions.flatMap((condition) =>
        Object.hasOwn(condition, name) ? [regionOf(domain, condition[name] as ForbidTest)] : [],
      );
    }),
    always: steps.map(({ spec, setters }) => spec !== undefined && !spec.when && setters.length === 0),
    rules,
    rulesOf,
  };
}

function totalOf(rule: TotalConstraint, places: ReadonlyMap<string, number>): Rule {
  return {
    kind: rule.kind,
    places: rule.params.map((name) => places.get(name) as number),
    min: rule.min ?? Number.NEGATIVE_INFINITY,
    max: rule.max ?? Number.POSITIVE_INFINITY,
    source: rule,
  };
}

function atomsOf(
  at: number,
  test: ForbidTest,
  places: ReadonlyMap<string, number>,
  domains: readonly (Domain | null)[],
): Atom[] {
  const placeOf = (name: string) => places.get(name) as number;
  if (isParamRef(test)) return [{ kind: 'eq', at, other: placeOf(test.param) }];
  const plain = (constant: ForbidTest): Atom => {
    const domain = domains[at] ?? null;
    return { kind: 'in', at, region: domain && regionOf(domain, constant), test: constant };
  };
  if (test === null || typeof test !== 'object' || Array.isArray(test)) return [plain(test)];
  const atoms: Atom[] = [];
  const constants: Record<string, unknown> = {};
  for (const [key, bound] of Object.entries(test)) {
    if (!isParamRef(bound)) constants[key] = bound;
    else atoms.push(comparison(key, at, placeOf(bound.param)));
  }
  return Object.keys(constants).length > 0 ? [plain(constants as Comparison), ...atoms] : atoms;
}

function comparison(key: string, at: number, other: number): Atom {
  switch (key) {
    case 'lt':
    case 'le':
      return { kind: key, at, other };
    case 'gt':
      return { kind: 'lt', at: other, other: at };
    case 'ge':
      return { kind: 'le', at: other, other: at };
    default:
      return { kind: 'ne', at, other };
  }
}

/** Returns the values of a domain that pass a test without references. */
function regionOf(domain: Domain, test: ForbidTest): Domain {
  if (test === null || typeof test !== 'object' || Array.isArray(test)) {
    const values = Array.isArray(test) ? (test as readonly ParamValue[]) : [test as ParamValue];
    return only(domain, values);
  }
  const { lt, le, gt, ge, not } = test as Comparison;
  let left = domain;
  const excluded =
    not === undefined ? [] : Array.isArray(not) ? (not as readonly ParamValue[]) : [not as ParamValue];
  for (const value of excluded) left = except(left, value);
  const cut = (bound: number | undefined, make: (x: number) => Domain) => {
    if (bound !== undefined && !isVoid(left)) left = make(bound);
  };
  cut(lt, (x) => between(left, Number.NEGATIVE_INFINITY, x, { openHigh: true }));
  cut(le, (x) => between(left, Number.NEGATIVE_INFINITY, x));
  cut(gt, (x) => between(left, x, Number.POSITIVE_INFINITY, { openLow: true }));
  cut(ge, (x) => between(left, x, Number.POSITIVE_INFINITY));
  return left;
}

const isVoid = (domain: Domain) => (domain.kind === 'choices' ? domain.choices : domain.parts).length === 0;

function only(domain: Domain, values: readonly ParamValue[]): Domain {
  if (domain.kind === 'choices') return filtered(domain, (v) => values.includes(v));
  const numbers = [...new Set(values)].filter((v) => typeof v === 'number').sort((a, b) => a - b);
  const parts = numbers.flatMap((v) => {
    const found = between(domain, v, v);
    return found.kind === 'numbers' ? found.parts : [];
  });
  return { ...domain, parts };
}
