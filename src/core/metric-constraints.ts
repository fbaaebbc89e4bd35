import { METRIC_NAME } from './metric-name.js';
import type { MetricConstraint } from './spec.js';

/** A limit as text: `memory_mb <= 8000`. */
export const METRIC_LIMIT = new RegExp(
  `^\\s*(${METRIC_NAME})\\s*(<=|>=)\\s*([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)\\s*$`,
);

/** Returns the limit that a text says; null when it says none. */
export function parseMetricLimit(text: string): MetricConstraint | null {
  const match = METRIC_LIMIT.exec(text);
  if (!match) return null;
  const [, metric = '', sign, limit] = match;
  return { metric, bound: sign === '<=' ? 'max' : 'min', limit: Number(limit) };
}

/**
 * Returns how far a value breaks its limit, <= 0 when it is within: as a share of the limit where that is not 0, so that
 * megabytes and milliseconds are comparable where several limits are broken.
 */
export function violationOf({ bound, limit }: MetricConstraint, value: number): number {
  const beyond = bound === 'max' ? value - limit : limit - value;
  return beyond / (Math.abs(limit) || 1);
}

/** Returns whether no limit is broken; a violation that is NaN breaks its limit. */
export function isFeasible(violations: readonly number[]): boolean {
  return violations.every((violation) => violation <= 0);
}

/** Returns the sum of all violations; Infinity when one is NaN. */
export function totalViolation(violations: readonly number[]): number {
  let sum = 0;
  for (const by of violations) sum += Number.isNaN(by) ? Number.POSITIVE_INFINITY : Math.max(0, by);
  return sum;
}

/** Returns text such as `memory_mb <= 8000`. */
export function metricConstraintText({ metric, bound, limit }: MetricConstraint): string {
  return `${metric} ${bound === 'max' ? '<=' : '>='} ${limit}`;
}
