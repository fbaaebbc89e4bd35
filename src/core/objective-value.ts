import type { Objective } from './spec.js';
import type { Direction } from './trial.js';

/**
 * Returns whether a value can be a trial's result. NaN cannot. Neither can an infinitely good value, which no other trial could
 * reach. An infinitely bad value (a loss that diverged) is the worst result.
 */
export function isResult(value: number, direction: Direction): boolean {
  return !Number.isNaN(value) && value !== (direction === 'maximize' ? Infinity : -Infinity);
}

/** Returns why a value of an objective is no result; null when it is one. */
export function faultOf(
  value: number,
  { metric, direction }: Pick<Objective, 'metric' | 'direction'>,
): string | null {
  if (isResult(value, direction)) return null;
  if (Number.isNaN(value)) return `the objective ${metric} is NaN`;
  return `the objective ${metric} is ${value > 0 ? 'inf' : '-inf'}, which is infinitely good: no trial can have reached it`;
}
