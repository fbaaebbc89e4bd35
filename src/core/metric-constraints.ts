import type { MetricConstraint } from './spec.js';

/**
 * How far a value breaks its limit, <= 0 when it keeps it: in units of the limit itself where that is not 0, so that
 * megabytes and milliseconds weigh alike where several limits are broken.
 */
export function violationOf({ bound, limit }: MetricConstraint, value: number): number {
  const beyond = bound === 'max' ? value - limit : limit - value;
  return beyond / (Math.abs(limit) || 1);
}

/** Whether no limit is broken; a violation that is not a number breaks its limit. */
export function isFeasible(violations: readonly number[]): boolean {
  return violations.every((violation) => violation <= 0);
}

/** How much is broken in all; a violation that is not a number is beyond measure. */
export function totalViolation(violations: readonly number[]): number {
  let sum = 0;
  for (const by of violations) sum += Number.isNaN(by) ? Number.POSITIVE_INFINITY : Math.max(0, by);
  return sum;
}

/** `memory_mb <= 8000`. */
export function metricConstraintText({ metric, bound, limit }: MetricConstraint): string {
  return `${metric} ${bound === 'max' ? '<=' : '>='} ${limit}`;
}
