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
  const good = bestOf(history, columns, goodShare);
  if (good.length === 0) return null;
  const bad = thin(history, columns, good);
  const { tiers, size } = history;
  for (let row = tiers.indexOf(RUNNING); row >= 0 && row < size; row = tiers.indexOf(RUNNING, row + 1))
    if (isWhole(history, columns, row)) bad.push(row);
  return { good: gather(history, columns, good), bad: gather(history, columns, bad) };
}

/** Whether a row has a value in each of the columns. */
function isWhole({ cells, axes }: History, columns: readonly number[], row: number): boolean {
  const start = row * axes.length;
  for (let k = 0; k < columns.length; k++)
    if (Number.isNaN(cells[start + (columns[k] as number)] as number)) return false;
  return true;
}

/** Returns the best share of the rows that count, the best first; reads no more rows than it needs. */
function bestOf(history: History, columns: readonly number[], share: number): readonly number[] {
  const enough = Math.ceil(MOST_GOOD / share);
  const { order } = history;
  const best: number[] = [];
  let ranked = 0;
  for (let k = 0; k < order.length && ranked < enough; k++) {
    const row = order[k] as number;
    if (!isWhole(history, columns, row)) continue;
    ranked++;
    if (best.length < MOST_GOOD) best.push(row);
  }
  best.length = Math.min(Math.ceil(share * ranked), best.length);
  return best;
}

/** Returns, of the rows that are not good, the newest half of MOST_BAD, then the best until there are that many. */
function thin(history: History, columns: readonly number[], good: readonly number[]): number[] {
  const { order, tiers, size } = history;
  const known = new Set(good);
  const taken: number[] = [];
  const take = (row: number) => {
    if (known.has(row) || !isWhole(history, columns, row)) return;
    known.add(row);
    taken.push(row);
  };
  for (let row = size - 1; row >= 0 && taken.length < MOST_BAD / 2; row--)
    if ((tiers[row] as number) < RUNNING) take(row);
  for (let k = 0; k < order.length && taken.length < MOST_BAD; k++) take(order[k] as number);
  return taken;
}

function gather({ cells, axes }: History, columns: readonly number[], rows: readonly number[]): Kernels {
  const width = axes.length;
  const gathered = new Float64Array(rows.length * columns.length);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    const start = (rows[i] as number) * width;
    for (let k = 0; k < columns.length; k++) gathered[at++] = cells[start + (columns[k] as number)] as number;
  }
  return { cells: gathered, count: rows.length };
}
