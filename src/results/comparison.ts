import { upperTail } from '../core/normal.js';
import { compareValues } from '../core/objective-order.js';
import { mean, percentile, standardDeviation } from '../core/stats.js';
import type { Direction } from '../core/trial.js';

export type GroupSummary = {
  readonly count: number;
  readonly best: number | null;
  readonly median: number | null;
  readonly mean: number | null;
  readonly std: number | null;
};

/** How two groups of values differ, a and b. */
export type Comparison = {
  readonly a: GroupSummary;
  readonly b: GroupSummary;
  /**
   * The chance that a value of b, picked at random, is better than one of a; equal values count half. 0.5: no difference.
   * Null when a group is empty. It is the A of Vargha and Delaney (2000).
   */
  readonly superiority: number | null;
  /**
   * Of no difference, two-sided: Mann and Whitney (1947), by the normal approximation with a correction for ties. It is
   * rough below ten values, and says nothing of trials that depend on each other, as those of one sampler do. Null when a
   * group is empty.
   */
  readonly pValue: number | null;
  /**
   * Of 95 percent, of `superiority`, by the standard error of Hanley and McNeil (1982). As rough as the test. Null when a
   * group is empty.
   */
  readonly interval: readonly [low: number, high: number] | null;
  /** The best of the first `count` values of each group, where both have as many. Null when a group is empty. */
  readonly equalBudget: { readonly count: number; readonly a: number; readonly b: number } | null;
};

/** Compares two groups of objective values in the order in which they came; NaN is the worst value. */
export function compareGroups(a: readonly number[], b: readonly number[], direction: Direction): Comparison {
  const count = Math.min(a.length, b.length);
  const test = count === 0 ? null : rankTest(a, b, direction);
  return {
    a: summarizeGroup(a, direction),
    b: summarizeGroup(b, direction),
    superiority: test?.superiority ?? null,
    pValue: test?.pValue ?? null,
    interval: test === null ? null : superiorityInterval(test.superiority, a.length, b.length),
    equalBudget:
      count === 0
        ? null
        : { count, a: bestOf(a.slice(0, count), direction), b: bestOf(b.slice(0, count), direction) },
  };
}

/** The half width of an interval of 95 percent in standard errors. */
const NORMAL_REACH = 1.959963984540054;

function superiorityInterval(share: number, n: number, m: number): readonly [number, number] {
  const ofA = share / (2 - share);
  const ofB = (2 * share * share) / (1 + share);
  const square = share * share;
  const variance = (share * (1 - share) + (m - 1) * (ofA - square) + (n - 1) * (ofB - square)) / (n * m);
  const reach = NORMAL_REACH * Math.sqrt(Math.max(0, variance));
  return [Math.max(0, share - reach), Math.min(1, share + reach)];
}

function summarizeGroup(values: readonly number[], direction: Direction): GroupSummary {
  if (values.length === 0) return { count: 0, best: null, median: null, mean: null, std: null };
  return {
    count: values.length,
    best: bestOf(values, direction),
    median: percentile(values, 50),
    mean: mean(values),
    std: standardDeviation(values),
  };
}

function bestOf(values: readonly number[], direction: Direction): number {
  return values.reduce((best, value) => (compareValues(value, best, direction) < 0 ? value : best));
}

function rankTest(
  a: readonly number[],
  b: readonly number[],
  direction: Direction,
): { superiority: number; pValue: number } {
  const all = [...a.map((value) => ({ value, isB: false })), ...b.map((value) => ({ value, isB: true }))];
  // The best first: then b has low ranks where it is better.
  all.sort((x, y) => compareValues(x.value, y.value, direction));
  let ranksOfB = 0;
  let ties = 0;
  for (let start = 0; start < all.length; ) {
    let end = start + 1;
    const value = (all[start] as { value: number }).value;
    while (end < all.length && compareValues((all[end] as { value: number }).value, value, direction) === 0)
      end++;
    const size = end - start;
    ties += size * size * size - size;
    for (let k = start; k < end; k++) if (all[k]?.isB) ranksOfB += (start + end + 1) / 2;
    start = end;
  }
  const [n, m, total] = [a.length, b.length, all.length];
  // Pairs in which the value of b is worse; ties count half.
  const worse = ranksOfB - (m * (m + 1)) / 2;
  const superiority = 1 - worse / (n * m);
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  const distance = Math.max(0, Math.abs(worse - (n * m) / 2) - 0.5);
  return {
    superiority,
    pValue: variance > 0 ? Math.min(1, 2 * upperTail(distance / Math.sqrt(variance))) : 1,
  };
}
