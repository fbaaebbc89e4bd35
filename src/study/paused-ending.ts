import { isFeasible } from '../core/metric-constraints.js';
import type { StudySpec } from '../core/spec.js';
import type { Ending, StudyReader, TrialRecord } from '../storage/storage.js';
import { AttemptMetrics } from './attempt/attempt-metrics.js';
import type { SweepEvent } from './events.js';

export type PausedEnding = Ending & {
  readonly state: 'pruned';
  readonly violations: readonly number[];
  readonly reason: string;
};

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
): Promise<PausedEnding> {
  const metrics = new AttemptMetrics(spec);
  metrics.inherit(await storage.metrics(id, number));
  const last = metrics.lastFeasible();
  const values = last.some((value) => value === null) ? null : (last as number[]);
  const violations = metrics.violations();
  return { state: 'pruned', values, violations, exitCode: null, reason, finishedAtMs };
}

/** The event of a paused trial that ended so. `startedAtMs`: of its last attempt; null where it is not known. */
export function pausedEndEvent(
  trial: number,
  { state, values, violations, reason, finishedAtMs }: PausedEnding,
  startedAtMs: number | null,
): SweepEvent {
  const durationMs = Math.max(0, finishedAtMs - (startedAtMs ?? finishedAtMs));
  const feasible = isFeasible(violations);
  return { type: 'trial-finished', trial, state, values, feasible, violations, reason, durationMs, tail: [] };
}
