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

export type SetConstraint = { readonly kind: 'set'; readonly when: Condition; readonly set: Params };
export type ForbidConstraint = { readonly kind: 'forbid'; readonly forbid: Condition };
export type Constraint = SetConstraint | ForbidConstraint;

/** Whether every test of the condition holds for the values known so far. */
export function holds(condition: Condition, values: Params): boolean {
  return Object.entries(condition).every(([name, test]) => {
    // Own names only: a parameter may be called `constructor`.
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value !== undefined && passes(test, value);
  });
}

function passes(test: Test, value: ParamValue): boolean {
  if (isList(test)) return test.includes(value);
  if (test === null || typeof test !== 'object') return test === value;
  if (test.not !== undefined && (isList(test.not) ? test.not.includes(value) : test.not === value))
    return false;
  const bounds = [test.lt, test.le, test.gt, test.ge].some((bound) => bound !== undefined);
  if (!bounds) return true;
  if (typeof value !== 'number') return false;
  return (
    (test.lt === undefined || value < test.lt) &&
    (test.le === undefined || value <= test.le) &&
    (test.gt === undefined || value > test.gt) &&
    (test.ge === undefined || value >= test.ge)
  );
}

// Array.isArray does not narrow readonly arrays.
function isList<T>(value: T | readonly ParamValue[]): value is readonly ParamValue[] {
  return Array.isArray(value);
}
