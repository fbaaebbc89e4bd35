import { mean, standardDeviation } from '../core/stats.js';
import { twoSidedQuantile, twoSidedTail } from './student-t.js';

/** A complete trial of a configuration. */
export type SeededValue = { readonly seed: number | null; readonly value: number };

/** Two configurations, or anything else that ran with the same seeds. */
export type PairedComparison = {
  /** Seeds that both have. */
  readonly pairs: readonly { readonly seed: number; readonly a: number; readonly b: number }[];
  /** The mean of b minus a over the pairs; null without a pair. */
  readonly difference: number | null;
  /** Of 95 percent, of the difference; null with fewer than two pairs. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Of no difference, two-sided; null with fewer than two pairs. */
  readonly pValue: number | null;
  /** Fewer than this say little: the interval is wide, and one pair has none. */
  readonly isTooFew: boolean;
};

/** With fewer pairs only a very large difference shows. */
export const ENOUGH_PAIRS = 3;

const CHANCE = 0.05;

/**
 * Compares two configurations by the paired t test (Student 1908): what a seed does to both cancels out. It supposes
 * differences that are about normal. The same difference in every pair has an interval of one point.
 */
export function comparePaired(a: readonly SeededValue[], b: readonly SeededValue[]): PairedComparison {
  const pairs = pairsOf(a, b);
  const differences = pairs.map((pair) => pair.b - pair.a);
  const difference = differences.length === 0 ? null : mean(differences);
  const deviation = standardDeviation(differences);
  const isTooFew = pairs.length < ENOUGH_PAIRS;
  if (difference === null || deviation === null)
    return { pairs, difference, interval: null, pValue: null, isTooFew };
  const freedom = pairs.length - 1;
  const error = deviation / Math.sqrt(pairs.length);
  const reach = error === 0 ? 0 : twoSidedQuantile(CHANCE, freedom) * error;
  const pValue = error === 0 ? (difference === 0 ? 1 : 0) : twoSidedTail(difference / error, freedom);
  return { pairs, difference, interval: [difference - reach, difference + reach], pValue, isTooFew };
}

/** In order of a. A seed that one side has twice counts once, with the first of its values. */
function pairsOf(a: readonly SeededValue[], b: readonly SeededValue[]): PairedComparison['pairs'] {
  const ofB = firstBySeed(b);
  return [...firstBySeed(a)].flatMap(([seed, value]) => {
    const other = ofB.get(seed);
    return other === undefined ? [] : [{ seed, a: value, b: other }];
  });
}

function firstBySeed(values: readonly SeededValue[]): ReadonlyMap<number, number> {
  const bySeed = new Map<number, number>();
  for (const { seed, value } of values)
    if (seed !== null && !bySeed.has(seed) && Number.isFinite(value)) bySeed.set(seed, value);
  return bySeed;
}
