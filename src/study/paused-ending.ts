import type { StudySpec } from '../core/spec.js';
import type { Ending, StudyReader, TrialRecord } from '../storage/storage.js';
import { AttemptMetrics } from './attempt/attempt-metrics.js';

/** Returns how a paused trial ends that nobody continues: PRUNED, with its last value. */
export async function pausedEnding(
  {
    storage,
    id,
    spec,
  }: {
    readonly storage: Pick<StudyReader, 'metrics'>;
    readonly id: number;
    readonly spec: Pick<StudySpec, 'objectives' | 'metricConstraints' | 'trainer'>;
  },
  { number }: Pick<TrialRecord, 'number'>,
  { reason, finishedAtMs }: Pick<Ending, 'finishedAtMs'> & { readonly reason: string },
) {
  const metrics = new AttemptMetrics(spec);
  metrics.inherit(await storage.metrics(id, number));
  const last = metrics.lastFeasible();
  const values = last.some((value) => value === null) ? null : (last as number[]);
  const violations = metrics.violations();
  return { state: 'pruned', values, violations, exitCode: null, reason, finishedAtMs } as const;
}
