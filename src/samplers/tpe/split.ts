import type { History } from './history.js';
import type { Kernels } from './mixture.js';
import { RUNNING } from './rank.js';

/** The good density has at most this many kernels. */
const MOST_GOOD = 25;
const GOOD_SHARE = 0.18;
/**
 * The bad density has at most this many: the newest half of them, then the best of the rest. Beyond, more kernels cost
 * time and were not seen to find anything better.
 */
export const MOST_BAD = 100;

export type Split = {
  /** The best observations, the best first. */
  readonly good: Kernels;
  /** The others, and the running ones as constant liars. */
  readonly bad: Kernels;
};

/** Divides the configurations that have every parameter of the group; null when none of them has a result. */
export function splitHistory(history: History, columns: readonly number[]): Split | null {
  const whole = (row: number) => {
    const start = row * history.axes.length;
    for (const column of columns) if (Number.isNaN(history.cells[start + column] as number)) return false;
    return true;
  };
  const ranked = history.order.filter(whole);
  if (ranked.length === 0) return null;
  const count = Math.min(Math.ceil(GOOD_SHARE * ranked.length), MOST_GOOD);
  const running: number[] = [];
  for (let row = 0; row < history.size; row++)
    if (history.tiers[row] === RUNNING && whole(row)) running.push(row);
  const bad = thin(ranked.slice(count), MOST_BAD);
  return {
    good: gather(history, columns, ranked.slice(0, count)),
    bad: gather(history, columns, [...bad, ...running]),
  };
}

/** Of rows in order of merit: the newest half of `most`, then the best. */
function thin(ranked: readonly number[], most: number): readonly number[] {
  if (ranked.length <= most) return ranked;
  const byAge = Float64Array.from(ranked).sort();
  const threshold = byAge[byAge.length - Math.floor(most / 2)] as number;
  const newest = ranked.filter((row) => row >= threshold);
  const best = ranked.filter((row) => row < threshold).slice(0, most - newest.length);
  return [...newest, ...best];
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
