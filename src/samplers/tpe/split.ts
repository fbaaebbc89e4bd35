import { RUNNING } from '../trial-ranking.js';
import type { History } from './history.js';
import type { Kernels } from './mixture.js';

/** The good density has at most this many kernels. */
const MOST_GOOD = 25;
/**
 * The bad density has at most this many kernels: the newest half of them, then the best of the rest. More kernels cost
 * time, and experiments found no benefit.
 */
export const MOST_BAD = 50;

export type Split = {
  /** The best observations, the best first. */
  readonly good: Kernels;
  /** The others, and the running ones as constant liars. */
  readonly bad: Kernels;
};

/** Returns both sets of the configurations that have every parameter of the group; null when none of them has a result. */
export function splitHistory(history: History, columns: readonly number[], goodShare: number): Split | null {
  const whole = (row: number) => {
    const start = row * history.axes.length;
    for (const column of columns) if (Number.isNaN(history.cells[start + column] as number)) return false;
    return true;
  };
  const good = bestOf(history, whole, goodShare);
  if (good.length === 0) return null;
  const bad = thin(history, whole, new Set(good));
  for (let row = 0; row < history.size; row++)
    if (history.tiers[row] === RUNNING && whole(row)) bad.push(row);
  return { good: gather(history, columns, good), bad: gather(history, columns, bad) };
}

/** Returns the best share of the rows that count, the best first; reads no more rows than it needs. */
function bestOf(history: History, whole: (row: number) => boolean, share: number): readonly number[] {
  const enough = Math.ceil(MOST_GOOD / share);
  const ranked: number[] = [];
  for (const row of history.order) {
    if (ranked.length === enough) break;
    if (whole(row)) ranked.push(row);
  }
  return ranked.slice(0, Math.min(Math.ceil(share * ranked.length), MOST_GOOD));
}

/** Returns, of the rows that are not good, the newest half of MOST_BAD, then the best until there are that many. */
function thin(history: History, whole: (row: number) => boolean, good: ReadonlySet<number>): number[] {
  const taken = new Set<number>();
  for (let row = history.size - 1; row >= 0 && taken.size < MOST_BAD / 2; row--) {
    if ((history.tiers[row] as number) < RUNNING && !good.has(row) && whole(row)) taken.add(row);
  }
  for (const row of history.order) {
    if (taken.size >= MOST_BAD) break;
    if (!good.has(row) && whole(row)) taken.add(row);
  }
  return [...taken];
}

function gather(history: History, columns: readonly number[], rows: readonly number[]): Kernels {
  const cells = new Float64Array(rows.length * columns.length);
  let at = 0;
  for (const row of rows) {
    const start = row * history.axes.length;
    for (const column of columns) cells[at++] = history.cells[start + column] as number;
  }
  return { cells, count: rows.length };
}
