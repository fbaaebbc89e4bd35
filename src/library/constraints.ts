import type { Condition, Constraint, ForbidCondition } from '../core/constraint.js';
import type { Params, ParamValue } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { parseMetricLimit } from '../core/metric-constraints.js';
import { shownValue } from '../core/shown-value.js';
import type { MetricConstraint } from '../core/spec.js';
import { checkCondition } from './conditions.js';
import type { SearchSpace } from './space-types.js';

const SHAPES = '{ forbid }, { when, set }, or { sum } or { product } of names with max, min or both';

/** What a program gives: unchecked, since JavaScript programs call this too. */
type Given = { readonly constraints?: unknown; readonly space?: SearchSpace };

/**
 * Returns the rules of a program in the core's form, and its limits of metrics.
 * @throws HpoError space.constraint (usage).
 */
export function constraintsOf({ constraints: given = [], space }: Given): {
  readonly constraints: readonly Constraint[];
  readonly limits: readonly MetricConstraint[];
} {
  if (!Array.isArray(given)) throw wrong('a list of constraints', given);
  const constraints: Constraint[] = [];
  const limits: MetricConstraint[] = [];
  for (const each of given as readonly unknown[]) {
    if (typeof each === 'string') limits.push(limitOf(each));
    else constraints.push(constraintOf(each, space ?? {}));
  }
  if (constraints.length > 0 && !space)
    throw usageError('space.constraint', 'expected a space with constraints on its parameters, got none', {
      fix: 'give the study a space, or keep limits of metrics alone',
    });
  const values = valuesSet(constraints);
  const refs = { space: space ?? {}, values, owner: 'a constraint', refs: true };
  for (const each of constraints) {
    if (each.kind === 'forbid') checkCondition(each.forbid, refs);
    if (each.kind === 'set') checkCondition(each.when, { ...refs, refs: false });
  }
  return { constraints, limits };
}

/** Returns the values that constraints may force, by name. */
export function valuesSet(constraints: readonly Constraint[]): ReadonlyMap<string, readonly ParamValue[]> {
  const values = new Map<string, ParamValue[]>();
  for (const each of constraints)
    for (const [name, value] of each.kind === 'set' ? Object.entries(each.set) : [])
      values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

function limitOf(text: string): MetricConstraint {
  const limit = parseMetricLimit(text);
  if (!limit) throw wrong('a limit of a metric such as "memory_mb <= 8000"', text);
  return limit;
}

function constraintOf(given: unknown, space: SearchSpace): Constraint {
  if (!isMapping(given)) throw wrong(SHAPES, given);
  const keys = Object.keys(given).sort().join();
  const { forbid, when, set } = given;
  if (keys === 'forbid' && isFilled(forbid)) return { kind: 'forbid', forbid: forbid as ForbidCondition };
  if (keys === 'set,when' && isFilled(when) && isFilled(set))
    return { kind: 'set', when: when as Condition, set: set as Params };
  const kind = 'sum' in given ? 'sum' : 'product';
  const { [kind]: names, min = null, max = null, ...rest } = given;
  const isTotal =
    Array.isArray(names) &&
    names.length > 0 &&
    new Set(names).size === names.length &&
    names.every((name) => typeof name === 'string') &&
    Object.keys(rest).length === 0;
  if (!isTotal) throw wrong(SHAPES, given);
  for (const [name, limit] of Object.entries({ min, max }))
    if (limit !== null && !(typeof limit === 'number' && Number.isFinite(limit)))
      throw wrong(`a number as ${name} of the ${kind}`, limit);
  if (min === null && max === null)
    throw usageError('space.constraint', `expected a limit of the ${kind}, got none`, {
      fix: 'add max, min or both',
    });
  for (const name of names as readonly string[]) {
    const d = Object.hasOwn(space, name) ? space[name] : undefined;
    if (d?.kind === 'categorical' && d.choices.some((choice) => typeof choice !== 'number'))
      throw wrong(`parameters of numbers in a ${kind}`, name);
  }
  return {
    kind,
    params: [...(names as readonly string[])],
    min: min as number | null,
    max: max as number | null,
  };
}

function isFilled(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length > 0;
}

function wrong(expected: string, got: unknown) {
  return usageError('space.constraint', `expected ${expected}, got ${shownValue(got)}`);
}
