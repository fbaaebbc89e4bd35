import { contains, type Distribution, type ParamValue } from './distribution.js';
import { shownValue } from './shown-value.js';
import { type Resolved, resolve, type Space } from './space.js';

/** Some or all parameters of a configuration to try; unchecked. */
export type PartialParams = Readonly<Record<string, unknown>>;

/** Returns what is wrong with the parameters, each by itself, in words that follow "expected"; null when nothing is. */
export function validate(space: Space, fixed: PartialParams): string | null {
  for (const [name, value] of Object.entries(fixed)) {
    const spec = space.params.find((param) => param.name === name);
    if (!spec) return `the name of a parameter, got ${name}`;
    if (!contains(spec.distribution, value as ParamValue))
      return `${name} ${rangeText(spec.distribution)}, got ${typeof value === 'string' ? value : shownValue(value)}`;
  }
  return null;
}

/** Returns the configuration of these parameters when they include all that are active; null when some are missing. */
export function completePoint(space: Space, fixed: PartialParams): Resolved | null {
  let open = false;
  const resolved = resolve(space, ({ name }) => {
    if (Object.hasOwn(fixed, name)) return fixed[name] as ParamValue;
    open = true;
    return null;
  });
  return open ? null : resolved;
}

/** Returns the names that are not active in the configuration: a condition or a `set` rule excludes them. */
export function inactiveNames(fixed: PartialParams, resolved: Resolved): string[] {
  return Object.keys(fixed).filter((name) => !Object.hasOwn(resolved.params, name));
}

/** Returns those parameters of a configuration that the space has and allows. */
export function project(space: Space, params: Readonly<Record<string, ParamValue>>) {
  const kept = space.params.flatMap(({ name, distribution }) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    return value !== undefined && contains(distribution, value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(kept) as Readonly<Record<string, ParamValue>>;
}

/** Returns text such as `in [0, 1]` or `one of ["sgd","adam"]`. */
export function rangeText(d: Distribution): string {
  if (d.kind === 'categorical') return `one of ${JSON.stringify(d.choices)}`;
  const step = d.step === null || (d.kind === 'int' && d.step === 1) ? '' : ` in steps of ${d.step}`;
  return `${d.kind === 'int' ? 'a whole number ' : ''}in [${d.low}, ${d.high}]${step}`;
}
