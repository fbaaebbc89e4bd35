import type { Params, ParamValue } from './distribution.js';
import { encodingOf } from './encoding/encoding.js';
import type { Space } from './space.js';

/** Configurations that differ by less than this share of the range in every parameter tell nearly the same. */
export const LEAST_SHARE = 0.005;

/**
 * Returns whether two configurations are that near: the same parameters are active, unordered choices are equal, and no number
 * differs by LEAST_SHARE of its range or more (of the range of its logarithm for log ranges).
 */
export function areNear(space: Space, a: Params, b: Params): boolean {
  for (const axis of encodingOf(space).axes) {
    const isActive = Object.hasOwn(a, axis.name);
    if (isActive !== Object.hasOwn(b, axis.name)) return false;
    if (!isActive) continue;
    const [x, y] = [a[axis.name] as ParamValue, b[axis.name] as ParamValue];
    if (x === y) continue;
    if (axis.kind === 'choice') return false;
    const [from, to] = [axis.encode(x), axis.encode(y)];
    if (from === null || to === null || Math.abs(from - to) >= LEAST_SHARE) return false;
  }
  return true;
}
