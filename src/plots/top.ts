import { compareValues } from '../core/objective-order.js';
import type { PlotInput } from './plot.js';

/**
 * Returns the trials that stand out, one list for each of the best configurations. `values`: the target of each trial. For
 * the first objective it is the ranking of the study, for another metric the order of the values; none where nobody said
 * what is better.
 */
export function topTrials(
  { results, target }: PlotInput,
  values: Float64Array,
  { top, infeasible }: { readonly top: number; readonly infeasible: ReadonlySet<number> },
): number[][] {
  const hasValue = (row: number) => !Number.isNaN(values[row]);
  if (target.objective === 0) return results.best(top).map(({ trials }) => trials.filter(hasValue));
  const { direction } = target;
  if (direction === null) return [];
  return [...values.keys()]
    .filter((row) => hasValue(row) && !infeasible.has(row))
    .sort((a, b) => compareValues(values[a] as number, values[b] as number, direction) || a - b)
    .slice(0, top)
    .map((row) => [row]);
}
