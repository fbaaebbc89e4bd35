import * as z from 'zod';
import { METRIC_LIMIT, parseMetricLimit } from '../core/metric-constraints.js';
import { withMicroSign } from '../core/metric-name.js';
import type { MetricConstraint } from '../core/spec.js';
import type { Diagnostics } from './diagnostics.js';
import { checkRunMetric } from './run-metric.js';

const EXPECTED = 'expected a metric and its limit, such as "memory_mb <= 8000" or "accuracy >= 0.9"';

/** A metric constraint: a limit on a reported metric, as text. */
export const metricConstraintSchema = z
  .string()
  .regex(METRIC_LIMIT, {
    error: ({ input }) =>
      /[^<>=][<>][^=]/.test(String(input))
        ? `${EXPECTED}; a limit includes its end, so write <= or >=`
        : EXPECTED,
  })
  .describe(
    'A limit on a metric, such as "memory_mb <= 8000": configurations that violate it are never the best',
  );

/** Returns the metric constraints among the constraints of the file; their schema notes what is wrong with their form. */
export function toMetricConstraints(constraints: unknown, mistakes: Diagnostics): MetricConstraint[] {
  const found: MetricConstraint[] = [];
  for (const [i, raw] of (Array.isArray(constraints) ? constraints : []).entries()) {
    const constraint = typeof raw === 'string' ? parseMetricLimit(withMicroSign(raw)) : null;
    if (!constraint) continue;
    const { metric } = constraint;
    if (found.some((other) => other.metric === metric && other.bound === constraint.bound)) {
      mistakes.add(
        ['constraints', i],
        'duplicate-value',
        `${metric} ${constraint.bound === 'max' ? '<=' : '>='} is given twice`,
      );
    }
    checkRunMetric(metric, ['constraints', i], mistakes);
    found.push(constraint);
  }
  return found;
}
