import type { LevelAxis } from './axis.js';
import { normalCdf } from './normal.js';

/** Minimum probability of a level: none becomes impossible. */
const LEAST_MASS = 1e-12;

/**
 * Writes log masses, one row for each level of a kernel. Ordered levels share a truncated normal among their cells;
 * unordered ones put 1 on their own level and `smeared` on every level.
 */
export function fillLevelTable(
  table: Float64Array,
  { size, scale }: LevelAxis,
  sigma: number,
  smeared: number,
): void {
  for (let own = 0; own < size; own++) {
    let total = 0;
    for (let level = 0; level < size; level++) {
      const mass = scale ? cellMass(scale, own, level, sigma) : (level === own ? 1 : 0) + smeared;
      table[own * size + level] = mass;
      total += mass;
    }
    for (let level = 0; level < size; level++) {
      const at = own * size + level;
      table[at] = Math.log((table[at] as number) / total);
    }
  }
}

function cellMass(
  { centers, bounds }: NonNullable<LevelAxis['scale']>,
  own: number,
  level: number,
  sigma: number,
): number {
  const center = centers[own] as number;
  const above = normalCdf(((bounds[level + 1] as number) - center) / sigma);
  return Math.max(LEAST_MASS, above - normalCdf(((bounds[level] as number) - center) / sigma));
}
