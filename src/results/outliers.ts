import { toMinimization } from '../core/objective-order.js';
import { outlierLimit } from '../core/outliers.js';
import type { Direction, TrialState } from '../core/trial.js';
import type { TrialTable } from './trial-table.js';

/** What decides whether a trial is an outlier. */
export type OutlierValues = { readonly state: TrialState; readonly values: readonly number[] | null };

/** For each objective, the largest usual loss. */
export type OutlierLimits = { readonly directions: readonly Direction[]; readonly losses: readonly number[] };

/** Returns the limits beyond which values of complete trials are outliers (`outlierLimit`). `trials`: in order of number. */
export function outlierLimits(
  trials: Iterable<OutlierValues>,
  directions: readonly Direction[],
): OutlierLimits {
  const losses: number[][] = directions.map(() => []);
  for (const { state, values } of trials) {
    if (state !== 'complete' || values === null) continue;
    for (const [k, loss] of toMinimization(values, directions).entries()) losses[k]?.push(loss);
  }
  return { directions, losses: losses.map(outlierLimit) };
}

/** Returns the limits of the trials in a table. */
export function outliersIn(
  table: Pick<TrialTable, 'length' | 'stateOf' | 'valuesOf'>,
  objectives: readonly { readonly direction: Direction }[],
): OutlierLimits {
  const trials = Array.from({ length: table.length }, (_, row) => ({
    state: table.stateOf(row) ?? ('waiting' as const),
    values: table.valuesOf(row),
  }));
  return outlierLimits(
    trials,
    objectives.map(({ direction }) => direction),
  );
}

/** Returns whether a value of a complete trial lies far beyond those of all others. */
export function isOutlier({ state, values }: OutlierValues, { directions, losses }: OutlierLimits): boolean {
  if (state !== 'complete' || values === null) return false;
  return toMinimization(values, directions).some((loss, k) => loss > (losses[k] ?? Number.POSITIVE_INFINITY));
}
