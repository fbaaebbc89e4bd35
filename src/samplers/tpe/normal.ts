import { upperTail } from '../../core/normal.js';

/** Largest argument in the table; 1 - cdf(8) is below 1e-15. */
const TOP = 8;
const CELLS = 4096;
/** 1 - P(Z > z) at the ends of the cells; NaN: not needed so far. */
const table = new Float64Array(CELLS + 1).fill(Number.NaN);

/**
 * Returns the probability that a standard normal variable is below z, within 2e-7. It interpolates a table, because the
 * estimator asks for thousands of values for each proposal.
 */
export function normalCdf(z: number): number {
  if (z < 0) return 1 - normalCdf(-z);
  if (!(z < TOP)) return 1;
  const at = z * (CELLS / TOP);
  const cell = Math.floor(at);
  const below = entry(cell);
  return below + (entry(cell + 1) - below) * (at - cell);
}

/** All at once would be milliseconds before the first proposal, in code that is not compiled yet. */
function entry(k: number): number {
  const known = table[k] as number;
  if (!Number.isNaN(known)) return known;
  const made = 1 - upperTail((k * TOP) / CELLS);
  table[k] = made;
  return made;
}
