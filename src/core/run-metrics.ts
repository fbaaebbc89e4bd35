import type { StudySpec } from './spec.js';

/** The names of metrics that hpo measures itself begin with this. */
export const RUN_METRIC_PREFIX = 'hpo.';

/** What hpo measures of an attempt itself, where a study names it. */
export const RUN_METRICS = [
  { name: 'hpo.duration_s', summary: 'seconds from the start of the command to its end' },
  { name: 'hpo.cpu_s', summary: 'seconds of CPU time of all its processes that were waited for' },
  { name: 'hpo.max_rss_mb', summary: 'the most memory that one of its processes had resident, in MB' },
  { name: 'hpo.gpu_memory_mb', summary: 'the most GPU memory that its processes had together, in MB' },
] as const;

export type RunMetric = (typeof RUN_METRICS)[number]['name'];
export const RUN_METRIC_NAMES: readonly string[] = RUN_METRICS.map(({ name }) => name);

/** Returns whether hpo measures the metric itself. */
export function isRunMetric(name: string): name is RunMetric {
  return RUN_METRIC_NAMES.includes(name);
}

/** Returns the metrics that hpo measures for a study: those among its objectives, its limits and its columns. */
export function measuredMetrics(
  spec: Pick<StudySpec, 'objectives' | 'metricConstraints' | 'metrics'>,
): readonly RunMetric[] {
  const named = [...spec.objectives, ...spec.metricConstraints].map(({ metric }) => metric);
  return [...new Set([...named, ...(spec.metrics ?? [])])].filter(isRunMetric);
}
