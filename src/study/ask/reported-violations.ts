import { usageError } from '../../core/errors.js';
import { violationOf } from '../../core/metric-constraints.js';
import type { StudySpec } from '../../core/spec.js';
import type { FinishedState } from '../../core/trial.js';
import type { StudyReader } from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';

type Limited = StudyRows<StudyReader> & { readonly spec: Pick<StudySpec, 'metricConstraints'> };

/** How the trial ends; `fix`: how the caller reports a metric. */
type End = { readonly state: FinishedState; readonly fix: (metric: string) => string };

/**
 * Returns the violation of each metric constraint by the last reported values of a trial that somebody asked for.
 * @throws HpoError tell.no-metric (usage) where a complete trial has none.
 */
export async function reportedViolations(
  study: Limited,
  number: number,
  { state, fix }: End,
): Promise<number[]> {
  const { metricConstraints } = study.spec;
  if (metricConstraints.length === 0 || state === 'fail') return [];
  const [row] = await study.storage.rows(study.id, number, 1);
  const metrics = row?.metrics ?? {};
  const missing = metricConstraints.find(({ metric }) => Number.isNaN(metrics[metric] ?? Number.NaN));
  if (!missing) return metricConstraints.map((each) => violationOf(each, metrics[each.metric] as number));
  if (state === 'pruned') return [];
  throw usageError('tell.no-metric', `expected a value of ${missing.metric}, which has a limit, got none`, {
    fix: fix(missing.metric),
  });
}
