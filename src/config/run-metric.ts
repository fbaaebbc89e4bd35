import { RUN_METRIC_NAMES, RUN_METRIC_PREFIX } from '../core/run-metrics.js';
import { didYouMean } from './describe-value.js';
import type { Diagnostics } from './diagnostics.js';
import { nearest } from './nearest.js';
import type { Path } from './yaml-file.js';

/** Notes the name of a metric that only hpo could measure, and that it does not. */
export function checkRunMetric(name: string, path: Path, mistakes: Diagnostics): void {
  if (!name.startsWith(RUN_METRIC_PREFIX) || RUN_METRIC_NAMES.includes(name)) return;
  mistakes.add(path, 'unknown-run-metric', `expected one of ${RUN_METRIC_NAMES.join(', ')}, got ${name}`, {
    fix: didYouMean(nearest(name, RUN_METRIC_NAMES)) ?? 'give it a name that does not begin with hpo.',
  });
}
