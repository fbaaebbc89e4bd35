import { upperTail } from '../../core/normal.js';

/** Largest argument in the table; 1 - cdf(8) is below 1e-15. */
const TOP = 8;
const CELLS = 4096;
let table: Float64Array | null = null;

/**
 * Returns the probability that a standard normal variable is below z, within 2e-7. It interpolates a table, because the
 * estimator asks for thousands of values for each proposal.
 */
export function normalCdf(z: number): number {
  if (z < 0) return 1 - normalCdf(-z);
  if (!(z < TOP)) return 1;
  table ??= Float64Array.from({ length: CELLS + 1 }, (_, k) => 1 - upperTail((k * TOP) / CELLS));
  const at = z * (CELLS / TOP);
  const cell = Math.floor(at);
  const below = table[cell] as number;
  return below + ((table[cell + 1] as number) - below) * (at - cell);
}
