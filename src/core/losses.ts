import type { Losses } from './pareto.js';
import type { Direction } from './trial.js';

/** Objective values as losses, one for each direction: what is maximized is negated; NaN or none is +Infinity. */
export function toLosses(values: readonly number[] | null, directions: readonly Direction[]): Losses {
  return directions.map((direction, k) => {
    const value = values?.[k];
    if (value === undefined || Number.isNaN(value)) return Number.POSITIVE_INFINITY;
    return direction === 'maximize' ? -value : value;
  });
}

/** Whether losses are nowhere larger than others: they dominate them or are equal. */
export function noneLarger(losses: Losses, others: Losses): boolean {
  return losses.every((loss, k) => loss <= (others[k] as number));
}
