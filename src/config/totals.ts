import type { TotalConstraint } from '../core/constraint.js';
import { isNumeric, noteUnknown, type Possible } from './conditions.js';
import type { Diagnostics } from './diagnostics.js';
import type { RawConstraint } from './parameter-schema.js';
import type { Path } from './yaml-file.js';

/** A constraint with a sum or a product. */
type RawTotal = RawConstraint &
  ({ readonly sum: readonly string[] } | { readonly product: readonly string[] });

export function isTotal(raw: RawConstraint): raw is RawTotal {
  return raw.sum !== undefined || raw.product !== undefined;
}

/** Returns a limit on a sum or a product in the core's form; null after noting what is wrong with it. */
export function toTotal(raw: RawTotal, path: Path, mistakes: Diagnostics): TotalConstraint | null {
  const { sum, product, min = null, max = null, when, set, forbid } = raw;
  const kind = sum ? 'sum' : 'product';
  const names = sum ?? product ?? [];
  const wrong = (message: string, fix: string, at: Path = path) => {
    mistakes.add(at, 'bad-constraint', message, { fix });
    return null;
  };
  if (when || set || forbid || (sum && product))
    return wrong(
      `expected {${kind}, min, max} alone, got ${Object.keys(raw).join(' and ')}`,
      'split it into several constraints',
    );
  if (min === null && max === null)
    return wrong(`expected a limit of the ${kind}, got none`, 'add `max: NUMBER`, `min: NUMBER` or both');
  if (min !== null && max !== null && min > max)
    return wrong(`expected max to be at least min, got ${min} and ${max}`, 'exchange them', [...path, 'max']);
  const again = names.findIndex((name, k) => names.indexOf(name) < k);
  if (again >= 0)
    return wrong(`expected each parameter once, got ${names[again]} twice`, 'remove one', [
      ...path,
      kind,
      again,
    ]);
  return { kind, params: [...names], min, max };
}

/** Notes names that no parameter has, and parameters that are no numbers. */
export function checkTotal(
  { sum, product }: RawTotal,
  at: Path,
  names: readonly string[],
  possible: ReadonlyMap<string, Possible>,
  mistakes: Diagnostics,
): void {
  const key = sum ? 'sum' : 'product';
  for (const [k, name] of (sum ?? product ?? []).entries()) {
    const path = [...at, key, k];
    const values = possible.get(name);
    if (!names.includes(name)) noteUnknown(name, path, 'value', names, mistakes);
    else if (values && !isNumeric(values))
      mistakes.add(path, 'bad-constraint', `expected parameters of numbers, but ${name} has words`, {
        fix: `leave ${name} out`,
      });
  }
}
