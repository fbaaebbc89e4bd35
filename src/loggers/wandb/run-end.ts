import { jsonLine } from '../json.js';
import { type Outcome, secondsBetween } from '../runs/run-format.js';

/** How a run ended; the last line of its journal. */
export type RunEnd = {
  readonly exitCode: number;
  readonly summary: string;
  readonly runtimeS: number;
  /** Whether the run may be continued. */
  readonly isPaused: boolean;
};

/** Returns the end of a run. W&B shows exit code 0 as finished and others as failed; a pruned or paused trial has not failed. */
export function endOf(
  outcome: Outcome,
  metrics: ReadonlyMap<string, number>,
  startedAtMs: number,
  nowMs: number,
): RunEnd {
  const { state, values, feasible, reason } = outcome;
  const runtimeS = secondsBetween(startedAtMs, nowMs);
  const own = {
    hpo_state: state.toUpperCase(),
    ...(values !== null && (values.length === 1 ? { hpo_value: values[0] } : { hpo_values: values })),
    ...(feasible !== null && { hpo_feasible: feasible }),
    ...(reason !== null && { hpo_reason: reason }),
  };
  const exitCode = state === 'complete' || state === 'pruned' || state === 'paused' ? 0 : 1;
  return { exitCode, summary: summaryText(metrics, runtimeS, own), runtimeS, isPaused: state === 'paused' };
}

/** Returns the summary of a run, during the run or at its end. */
export function summaryText(
  metrics: ReadonlyMap<string, number>,
  runtimeS: number,
  own: Readonly<Record<string, unknown>> = { hpo_state: 'RUNNING' },
): string {
  const wandb = { runtime: Math.round(runtimeS) };
  return jsonLine({ ...Object.fromEntries(metrics), ...own, _runtime: runtimeS, _wandb: wandb });
}
