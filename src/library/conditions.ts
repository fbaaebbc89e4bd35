import { type Condition, type ForbidCondition, isParamRef } from '../core/constraint.js';
import { contains, type Distribution, type ParamValue } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { shownValue } from '../core/shown-value.js';
import type { SearchSpace } from './space-types.js';

const BOUNDS = ['lt', 'le', 'gt', 'ge'];

/** `values`: what constraints set, by name. */
type Where = {
  readonly space: SearchSpace;
  readonly values: ReadonlyMap<string, readonly ParamValue[]>;
  /** The words for what has the condition. */
  readonly owner: string;
  /** Whether another parameter may be in the place of a value. */
  readonly refs: boolean;
};

/**
 * Makes sure that a condition says something: JavaScript programs have no type check, and one with a misspelled comparison or
 * choice would never hold. @throws HpoError space.condition or space.unknown-choice (usage).
 */
export function checkCondition(condition: Condition | ForbidCondition, where: Where): void {
  for (const [name, test] of Object.entries(condition)) checkTest(name, test, where);
}

function checkTest(name: string, test: unknown, where: Where): void {
  if (!isMapping(test)) {
    checkValues(name, test, where);
    return;
  }
  const { not, ...others } = test;
  const keys = Object.keys(test);
  const isEqual = where.refs && keys.join() === 'param';
  const odd = keys.length === 0 ? {} : Object.keys(others).find((key) => !BOUNDS.includes(key));
  if (odd !== undefined && !isEqual) throw wrong(name, 'lt, le, gt, ge or not', test, where);
  for (const bound of isEqual ? [] : Object.values(others)) checkBound(name, bound, where);
  if (isEqual) checkOther(name, test.param, { isOrder: false, where });
  else if (where.refs && isOther(not)) checkOther(name, not.param, { isOrder: false, where });
  else if (not !== undefined) checkValues(name, not, where);
}

function checkBound(name: string, bound: unknown, where: Where): void {
  if (where.refs && isOther(bound)) {
    checkOther(name, bound.param, { isOrder: true, where });
    return;
  }
  const expected = where.refs ? 'a number or { param }' : 'a number';
  if (typeof bound !== 'number' || !Number.isFinite(bound)) throw wrong(name, expected, bound, where);
  if (!isNumeric(name, where)) throw wrong(name, 'a parameter of numbers', name, where);
}

/** A name that is no parameter has an error of its own, from `makeSpace`. */
function checkOther(
  name: string,
  other: unknown,
  { isOrder, where }: { readonly isOrder: boolean; readonly where: Where },
): void {
  if (typeof other !== 'string' || other === name) throw wrong(name, 'another parameter', other, where);
  const words = isOrder ? [name, other].find((each) => !isNumeric(each, where)) : undefined;
  if (words !== undefined) throw wrong(name, 'two parameters of numbers', words, where);
}

/** Choices alone: a value outside of a range may come from a computed one. */
function checkValues(name: string, given: unknown, where: Where): void {
  for (const value of Array.isArray(given) ? given : [given]) {
    if (typeof value === 'object' && value !== null) throw wrong(name, 'a value', value, where);
    const d = distributionOf(name, where);
    if (d?.kind !== 'categorical' || contains(d, value) || where.values.get(name)?.includes(value)) continue;
    throw usageError(
      'space.unknown-choice',
      `expected ${where.owner} to depend on a choice of ${name} (${d.choices.join(', ')}), got ${shownValue(value)}`,
    );
  }
}

const isOther = (value: unknown): value is { readonly param: unknown } =>
  isParamRef(value) && Object.keys(value).length === 1;

function isNumeric(name: string, where: Where): boolean {
  const d = distributionOf(name, where);
  const choices = d?.kind === 'categorical' ? d.choices : [];
  return [...choices, ...(where.values.get(name) ?? [])].every((value) => typeof value === 'number');
}

function distributionOf(name: string, { space }: Where): Distribution | null {
  return Object.hasOwn(space, name) ? (space[name] ?? null) : null;
}

function wrong(name: string, expected: string, got: unknown, { owner }: Where) {
  return usageError(
    'space.condition',
    `expected ${expected} for ${name} in ${owner}, got ${shownValue(got)}`,
    {
      fix: "such as { opt: 'sgd' }, { opt: ['sgd', 'adam'] } or { layers: { ge: 2 } }",
    },
  );
}
