import type { Losses } from './pareto.js';
import type { Direction } from './trial.js';

/** Returns objective values as losses, one for each direction: maximized ones are negated; NaN or a missing value is +Infinity. */
export function toMinimization(values: readonly number[] | null, directions: readonly Direction[]): Losses {
  return directions.map((direction, k) => {
    const value = values?.[k];
    if (value === undefined || Number.isNaN(value)) return Number.POSITIVE_INFINITY;
    return direction === 'maximize' ? -value : value;
  });
}

/** Compares two values of one objective for sorting: the better one first, NaN last. */
export function compareValues(a: number, b: number, direction: Direction): number {
  const [x = 0, y = 0] = [a, b].map((value) => toMinimization([value], [direction])[0]);
  // The difference of two infinities would be NaN.
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Returns whether no loss is larger than the other's: the first dominates the second or equals it. */
export function weaklyDominates(losses: Losses, others: Losses): boolean {
  return losses.every((loss, k) => loss <= (others[k] as number));
}
