import { RUNNING } from '../trial-ranking.js';
import type { History } from './history.js';
import type { Kernels } from './mixture.js';

/** The good density has at most this many kernels. */
const MOST_GOOD = 25;
/**
 * Of configurations with the best value, so many count as good. More of them show a plateau: another of its points would be no
 * better, while kernels on it alone would draw little else.
 */
const MOST_EQUAL = 3;
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

/** Splits the configurations of a history for one group of parameters; keeps its arrays from proposal to proposal. */
export class Splitter {
  readonly #columns: readonly number[];
  #good: Float64Array = new Float64Array(0);
  #bad: Float64Array = new Float64Array(0);
  readonly #goodRows: number[] = [];
  readonly #badRows: number[] = [];

  constructor(columns: readonly number[]) {
    this.#columns = columns;
  }

  /**
   * Returns both sets of the configurations that have every parameter of the group; null when none of them has a result. They are
   * valid until the next call.
   */
  split(history: History, goodShare: number): Split | null {
    const columns = this.#columns;
    const good = this.#goodRows;
    const bad = this.#badRows;
    good.length = 0;
    bad.length = 0;
    addBest(good, history, columns, goodShare);
    if (good.length === 0) return null;
    addThinned(bad, good, history, columns);
    const { running } = history;
    for (let k = 0; k < running.length; k++)
      if (isWhole(history, columns, running[k] as number)) bad.push(running[k] as number);
    this.#good = roomFor(this.#good, good.length * columns.length);
    this.#bad = roomFor(this.#bad, bad.length * columns.length);
    gather(this.#good, history, columns, good);
    gather(this.#bad, history, columns, bad);
    return {
      good: { cells: this.#good, count: good.length, rows: good },
      bad: { cells: this.#bad, count: bad.length, rows: bad },
    };
  }
}

function roomFor(array: Float64Array, size: number): Float64Array {
  return array.length >= size ? array : new Float64Array(2 * size);
}

/** Whether a row has a value in each of the columns. */
function isWhole({ cells, axes, whole }: History, columns: readonly number[], row: number): boolean {
  if (whole[row] === 1) return true;
  const start = row * axes.length;
  for (let k = 0; k < columns.length; k++)
    if (Number.isNaN(cells[start + (columns[k] as number)] as number)) return false;
  return true;
}

/** Adds the best share of the rows that count, the best first, without a plateau of the best; reads no more rows than it needs. */
function addBest(rows: number[], history: History, columns: readonly number[], share: number): void {
  const enough = Math.ceil(MOST_GOOD / share);
  const { order } = history;
  let ranked = 0;
  for (let k = 0; k < order.length && ranked < enough; k++) {
    const row = order[k] as number;
    if (!isWhole(history, columns, row)) continue;
    ranked++;
    if (rows.length < MOST_GOOD) rows.push(row);
  }
  rows.length = Math.min(Math.ceil(share * ranked), rows.length);
  let equal = MOST_EQUAL;
  while (equal < rows.length && history.isTie(rows[0] as number, rows[equal] as number)) equal++;
  rows.splice(MOST_EQUAL, equal - MOST_EQUAL);
}

/** Adds, of the rows that are not good, the newest half of MOST_BAD, then the best until there are that many. */
function addThinned(
  bad: number[],
  good: readonly number[],
  history: History,
  columns: readonly number[],
): void {
  const { order, tiers, size, marks } = history;
  for (let k = 0; k < good.length; k++) marks[good[k] as number] = 1;
  for (let row = size - 1; row >= 0 && bad.length < MOST_BAD / 2; row--) {
    if ((tiers[row] as number) >= RUNNING || marks[row] === 1 || !isWhole(history, columns, row)) continue;
    marks[row] = 1;
    bad.push(row);
  }
  for (let k = 0; k < order.length && bad.length < MOST_BAD; k++) {
    const row = order[k] as number;
    if (marks[row] !== 1 && isWhole(history, columns, row)) bad.push(row);
  }
  for (let k = 0; k < good.length; k++) marks[good[k] as number] = 0;
  for (let k = 0; k < bad.length; k++) marks[bad[k] as number] = 0;
}

function gather(
  gathered: Float64Array,
  { cells, axes }: History,
  columns: readonly number[],
  rows: readonly number[],
): void {
  const width = axes.length;
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    const start = (rows[i] as number) * width;
    for (let k = 0; k < columns.length; k++) gathered[at++] = cells[start + (columns[k] as number)] as number;
  }
}
