import type { Condition } from '../core/constraint.js';
import type { Distribution, Params, ParamValue } from '../core/distribution.js';
import { makeSpace, type ParamSpec, planOf, roleOf, type Space } from '../core/space.js';
import type { Parameter } from './messages.js';

// A client whose objective names its parameters as it runs never says when they are active. Complete trials show it.

/**
 * Returns the space of these parameters, each with the condition under which complete trials have named it: the values of a
 * parameter that more trials have, or a limit of one. A parameter without such a condition is always active.
 */
export function inferSpace(parameters: readonly Parameter[], complete: readonly Params[]): Space {
  const counts = new Map(
    parameters.map(({ name }) => [name, complete.filter((params) => Object.hasOwn(params, name)).length]),
  );
  const known: ParamSpec[] = [];
  // What a parameter depends on has at least as many trials, whatever the order is in which a client gives them.
  const byCount = parameters.toSorted((a, b) => (counts.get(b.name) ?? 0) - (counts.get(a.name) ?? 0));
  for (const { name, distribution } of byCount) {
    const when = conditionOf(name, known, complete);
    known.push({ name, distribution, ...(when && { when }) });
  }
  return makeSpace(parameters.map(({ name }) => known.find((spec) => spec.name === name) as ParamSpec));
}

/** Returns whether a complete trial has named the parameters that are active in it, and no others. */
export function agrees(space: Space, named: Params): boolean {
  for (const step of planOf(space).steps) {
    const isActive = roleOf(step, named) !== 'inactive';
    if (isActive !== Object.hasOwn(named, step.name)) return false;
  }
  return true;
}

function conditionOf(
  name: string,
  earlier: readonly ParamSpec[],
  complete: readonly Params[],
): Condition | null {
  const having = complete.filter((params) => Object.hasOwn(params, name));
  if (having.length === 0 || having.length === complete.length) return null;
  const lacking = complete.filter((params) => !Object.hasOwn(params, name));
  let best: { readonly condition: Condition; readonly rank: number } | null = null;
  for (const spec of earlier) {
    if (!having.every((params) => Object.hasOwn(params, spec.name))) continue;
    const others = lacking.filter((params) => Object.hasOwn(params, spec.name));
    // Both are named in the same trials.
    if (others.length === 0) return spec.when ?? null;
    const found = separation(spec.distribution, valuesOf(having, spec.name), valuesOf(others, spec.name));
    if (found && (best === null || found.rank < best.rank))
      best = { condition: { [spec.name]: found.test }, rank: found.rank };
  }
  return best?.condition ?? null;
}

function valuesOf(trials: readonly Params[], name: string): ReadonlySet<ParamValue> {
  return new Set(trials.map((params) => params[name] as ParamValue));
}

/** Among few trials many parameters separate two sets by chance; one of many values does it the most easily. */
const CONTINUOUS = 1e6;

/** Returns the test that holds for all values of one set and none of the other, and how easily chance would make it; null: none does. */
function separation(
  { kind }: Distribution,
  having: ReadonlySet<ParamValue>,
  lacking: ReadonlySet<ParamValue>,
): { readonly test: Condition[string]; readonly rank: number } | null {
  if (kind === 'categorical') {
    if ([...having].some((value) => lacking.has(value))) return null;
    return { test: [...having], rank: having.size + lacking.size };
  }
  const rank = kind === 'int' ? having.size + lacking.size : CONTINUOUS;
  const [low, high] = boundsOf(having);
  const [otherLow, otherHigh] = boundsOf(lacking);
  if (otherHigh < low) return { test: { ge: low }, rank };
  if (high < otherLow) return { test: { le: high }, rank };
  return null;
}

function boundsOf(values: ReadonlySet<ParamValue>): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value as number);
    high = Math.max(high, value as number);
  }
  return [low, high];
}
