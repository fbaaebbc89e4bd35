import type { Objective } from './spec.js';
import type { Direction } from './trial.js';

/**
 * Whether a value can be a trial's result. NaN cannot, and neither can what is infinitely good: it would stay the best for
 * ever, and no trial can reach it. What is infinitely bad (a loss that diverged) is the worst result there is.
 */
export function isResult(value: number, direction: Direction): boolean {
  return !Number.isNaN(value) && value !== (direction === 'maximize' ? Infinity : -Infinity);
}

/** Why a value of an objective is no result, in words; null when it is one. */
export function faultOf(
  value: number,
  { metric, direction }: Pick<Objective, 'metric' | 'direction'>,
): string | null {
  if (isResult(value, direction)) return null;
  if (Number.isNaN(value)) return `the objective ${metric} is NaN`;
  return `the objective ${metric} is ${value > 0 ? 'inf' : '-inf'}, which is infinitely good: no trial can have reached it`;
}
