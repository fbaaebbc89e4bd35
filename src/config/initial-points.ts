import { canComplete } from '../core/allowed/place.js';
import type { Params } from '../core/distribution.js';
import { encodeChoice } from '../core/param-text.js';
import { completePoint, inactiveNames, validate } from '../core/partial-params.js';
import { paramsKey, type Space } from '../core/space.js';
import type { Diagnostics } from './diagnostics.js';
import type { RawChoice } from './parameter-schema.js';

/** Returns the initial points of the file in the core's form; notes each mistake at its position. */
export function toInitialPoints(
  raw: readonly Readonly<Record<string, RawChoice>>[] | null | undefined,
  space: Space | null,
  mistakes: Diagnostics,
): Params[] {
  const points: Params[] = [];
  for (const [i, mapping] of (raw ?? []).entries()) {
    const point = Object.fromEntries(
      Object.entries(mapping).map(([name, value]) => [name, encodeChoice(value)]),
    );
    // Points of an invalid space cannot be checked.
    if (space && notePoint(point, i, space, mistakes)) {
      if (points.some((other) => paramsKey(other) === paramsKey(point)))
        mistakes.add(['initial_points', i], 'duplicate-value', 'this initial point is given twice');
      points.push(point);
    }
  }
  return points;
}

/** Returns false after noting what is wrong with a point. */
function notePoint(point: Params, i: number, space: Space, mistakes: Diagnostics): boolean {
  const before = mistakes.errors.length;
  for (const [name, value] of Object.entries(point)) {
    const problem = validate(space, { [name]: value });
    if (problem !== null)
      mistakes.add(['initial_points', i, name], 'bad-initial-point', `expected ${problem}`);
  }
  if (mistakes.errors.length > before) return false;
  const whole = completePoint(space, point);
  const inactive = whole ? inactiveNames(point, whole) : [];
  if (inactive.length > 0) {
    const message = `expected active parameters only, but conditions exclude ${inactive.join(', ')} here`;
    mistakes.add(['initial_points', i], 'bad-initial-point', message, {
      fix: 'remove them from this initial point',
    });
  } else if (whole ? whole.forbidden : !canComplete(space, point)) {
    mistakes.add(
      ['initial_points', i],
      'bad-initial-point',
      'expected an allowed configuration, but a constraint forbids it',
    );
  }
  return mistakes.errors.length === before;
}
