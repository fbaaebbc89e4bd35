import type { Params, ParamValue } from './distribution.js';

export type Comparison = {
  readonly lt?: number;
  readonly le?: number;
  readonly gt?: number;
  readonly ge?: number;
  readonly not?: ParamValue | readonly ParamValue[];
};
/** Equality with a value, membership in a list, or a comparison whose parts must all hold. */
export type Test = ParamValue | readonly ParamValue[] | Comparison;
/** Parameter name -> test; all must hold. A test on a parameter that has no value never holds. */
export type Condition = Readonly<Record<string, Test>>;

/** The value of another parameter, in place of a value. */
export type ParamRef = { readonly param: string };
/** As `Comparison`; a bound may be another parameter. */
export type ForbidComparison = {
  readonly lt?: number | ParamRef;
  readonly le?: number | ParamRef;
  readonly gt?: number | ParamRef;
  readonly ge?: number | ParamRef;
  readonly not?: ParamValue | readonly ParamValue[] | ParamRef;
};
/** As `Test`; `{ param }` alone is equality with another parameter. */
export type ForbidTest = ParamValue | readonly ParamValue[] | ParamRef | ForbidComparison;
/** As `Condition`. A test never holds where the other parameter has no value. */
export type ForbidCondition = Readonly<Record<string, ForbidTest>>;

export type SetConstraint = { readonly kind: 'set'; readonly when: Condition; readonly set: Params };
export type ForbidConstraint = { readonly kind: 'forbid'; readonly forbid: ForbidCondition };
/**
 * The sum or the product of these parameters is at least `min` and at most `max`; null: no limit. A parameter that has no value
 * counts for nothing. Where none has one, everything is allowed.
 */
export type TotalConstraint = {
  readonly kind: 'sum' | 'product';
  readonly params: readonly string[];
  readonly min: number | null;
  readonly max: number | null;
};
/** A constraint that excludes configurations. */
export type Restriction = ForbidConstraint | TotalConstraint;
export type Constraint = SetConstraint | Restriction;

/** Decimal fractions have rounding errors: 0.1 + 0.2 is no more than 0.3. */
const ROUNDING = 1e-9;

/** Whether every test of the condition holds for the values known so far. */
export function holds(condition: ForbidCondition, values: Params): boolean {
  for (const name in condition) {
    const value = ownValue(values, name);
    if (value === undefined || !passes(condition[name] as ForbidTest, value, values)) return false;
  }
  return true;
}

/** Whether the values break a restriction. */
export function breaks(rule: Restriction, values: Params): boolean {
  return rule.kind === 'forbid' ? holds(rule.forbid, values) : isOutside(rule, values);
}

/** Returns the names in a restriction, each once. */
export function namesIn(rule: Restriction): readonly string[] {
  if (rule.kind !== 'forbid') return [...new Set(rule.params)];
  return [...new Set(Object.entries(rule.forbid).flatMap(([name, test]) => [name, ...refsIn(test)]))];
}

/** Returns the other parameters that a test names. */
export function refsIn(test: ForbidTest): readonly string[] {
  if (test === null || typeof test !== 'object' || isList(test)) return [];
  return 'param' in test
    ? [test.param]
    : Object.values(test).flatMap((bound) => (isParamRef(bound) ? [bound.param] : []));
}

export function isParamRef(value: unknown): value is ParamRef {
  return typeof value === 'object' && value !== null && 'param' in value;
}

/** Returns how far a total may be from a limit by rounding alone. `size`: the sum of the absolute values that it is made of. */
export function roundingOf(limit: number, size: number): number {
  return ROUNDING * Math.max(Math.abs(limit), Math.min(size, Number.MAX_VALUE));
}

function isOutside({ kind, params, min, max }: TotalConstraint, values: Params): boolean {
  let total = kind === 'sum' ? 0 : 1;
  let size = 0;
  let some = false;
  let isWhole = true;
  for (const name of params) {
    const value = ownValue(values, name);
    if (typeof value !== 'number') continue;
    some = true;
    isWhole &&= Number.isSafeInteger(value);
    total = kind === 'sum' ? total + value : total * value;
    size += Math.abs(value);
  }
  if (!some) return false;
  if (kind === 'product') size = Math.abs(total);
  // Whole numbers are exact: a billion and one is more than a billion.
  const isExact = isWhole && Number.isSafeInteger(total);
  const slack = (limit: number) => (isExact && Number.isInteger(limit) ? 0 : roundingOf(limit, size));
  return (max !== null && total > max + slack(max)) || (min !== null && total < min - slack(min));
}

/** Own names only: a parameter may be called `constructor`. */
function ownValue(values: Params, name: string): ParamValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function passes(test: ForbidTest, value: ParamValue, values: Params): boolean {
  if (isList(test)) return test.includes(value);
  if (test === null || typeof test !== 'object') return test === value;
  if (isParamRef(test)) return ownValue(values, test.param) === value;
  return passesNot(test.not, value, values) && passesBounds(test, value, values);
}

function passesNot(not: ForbidComparison['not'], value: ParamValue, values: Params): boolean {
  if (not === undefined) return true;
  if (isList(not)) return !not.includes(value);
  if (!isParamRef(not)) return not !== value;
  const other = ownValue(values, not.param);
  return other !== undefined && other !== value;
}

function passesBounds({ lt, le, gt, ge }: ForbidComparison, value: ParamValue, values: Params): boolean {
  if (lt === undefined && le === undefined && gt === undefined && ge === undefined) return true;
  if (typeof value !== 'number') return false;
  // NaN where the other parameter has no number: no comparison with it holds.
  const limit = (bound: number | ParamRef) => {
    if (typeof bound === 'number') return bound;
    const other = ownValue(values, bound.param);
    return typeof other === 'number' ? other : Number.NaN;
  };
  return (
    (lt === undefined || value < limit(lt)) &&
    (le === undefined || value <= limit(le)) &&
    (gt === undefined || value > limit(gt)) &&
    (ge === undefined || value >= limit(ge))
  );
}

// Array.isArray does not narrow readonly arrays.
function isList<T>(value: T | readonly ParamValue[]): value is readonly ParamValue[] {
  return Array.isArray(value);
}
