import type { FinishedState } from '../../core/trial.js';
import { jsonLine } from '../json.js';
import { secondsBetween } from './rows.js';

/** How a run ended, as it stands at the end of its journal. */
export type RunEnd = { readonly exitCode: number; readonly summary: string; readonly runtimeS: number };

/** How an attempt ended: its trial finished, or will be tried again (`queued`), or nobody knows any more (`unknown`). */
export type Outcome = {
  readonly state: FinishedState | 'queued' | 'unknown';
  readonly values: readonly number[] | null;
  /** Null: nobody has said. */
  readonly feasible: boolean | null;
  readonly reason: string | null;
};

/** W&B shows a run with 0 as finished and others as failed. A pruned one has done what it was asked to. */
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
  const exitCode = state === 'complete' || state === 'pruned' ? 0 : 1;
  return { exitCode, summary: summaryText(metrics, runtimeS, own), runtimeS };
}

/** The summary of a run, so far or in the end. */
export function summaryText(
  metrics: ReadonlyMap<string, number>,
  runtimeS: number,
  own: Readonly<Record<string, unknown>> = { hpo_state: 'RUNNING' },
): string {
  const wandb = { runtime: Math.round(runtimeS) };
  return jsonLine({ ...Object.fromEntries(metrics), ...own, _runtime: runtimeS, _wandb: wandb });
}
