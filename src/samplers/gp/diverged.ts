import { outlierLimit } from '../../core/outliers.js';

/** A gap of this many times the spread of all better values separates results from what diverged. */
const GAP = 1000;
/** The lower third of the first this many values (they lie anywhere) gives the scale; later ones lie close to the best. */
const FIRST = 10;

/**
 * Returns the limit above which a value shows where training fails, but not how good a configuration is: it would make all others
 * look equal. Infinity when no value lies above it. `values`: those of all complete configurations, the oldest first.
 */
export function usualLimit(values: readonly number[]): number {
  return Math.min(divergedAbove(values), outlierLimit(values));
}

/** Returns the limit above which a value has diverged; Infinity when none has, or most have. */
function divergedAbove(values: readonly number[]): number {
  if (values.length < FIRST) return Number.POSITIVE_INFINITY;
  const sorted = inOrder(values);
  const least = sorted[0] as number;
  const scale = (inOrder(values.slice(0, FIRST))[Math.floor(FIRST / 3)] as number) - least;
  for (let at = Math.floor(sorted.length / 2); at < sorted.length - 1; at++) {
    const [here, next] = [sorted[at] as number, sorted[at + 1] as number];
    if (here > least && next - here > GAP * (here - least) && next - least > GAP * scale) return here;
  }
  return Number.POSITIVE_INFINITY;
}

/** Returns the values sorted ascending; infinities have no difference to sort by. */
function inOrder(values: readonly number[]): number[] {
  return values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
