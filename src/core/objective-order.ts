import type { Losses } from './pareto.js';
import type { Direction } from './trial.js';

/** Objective values as losses, one for each direction: what is maximized is negated; NaN or none is +Infinity. */
export function toMinimization(values: readonly number[] | null, directions: readonly Direction[]): Losses {
  return directions.map((direction, k) => {
    const value = values?.[k];
    if (value === undefined || Number.isNaN(value)) return Number.POSITIVE_INFINITY;
    return direction === 'maximize' ? -value : value;
  });
}

/** The order of two values of one objective: the better one first, NaN last. */
export function compareValues(a: number, b: number, direction: Direction): number {
  const [x = 0, y = 0] = [a, b].map((value) => toMinimization([value], [direction])[0]);
  // A difference would make NaN of two infinities.
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Whether losses are nowhere larger than others: they dominate them or are equal. */
export function weaklyDominates(losses: Losses, others: Losses): boolean {
  return losses.every((loss, k) => loss <= (others[k] as number));
}
