import type { MetricPoint } from '../../../src/executors/executor.js';
import type { TrialStatus } from '../../../src/loggers/runs/trial-status.js';

/** What the database says of a trial that is complete, with these points. */
export const status = (more: Partial<TrialStatus> = {}, ...points: readonly MetricPoint[]): TrialStatus => ({
  attempt: 1,
  outcome: { state: 'complete', values: [0.5], feasible: null, reason: null },
  finishedAtMs: Date.now(),
  points: async () => points,
  ...more,
});
export const loss = (step: number | null, value: number): MetricPoint => ({ name: 'loss', step, value });
