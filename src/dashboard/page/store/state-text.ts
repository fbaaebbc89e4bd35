import { STATE, type TrialColumns } from './trial-columns.js';

/** Returns the state as the table shows it: INFEASIBLE for a complete trial that breaks a limit of the study, PAUSED with its step. */
export function printableState(columns: TrialColumns, trial: number): string {
  const state = columns.state(trial);
  const step = pausedAt(columns, trial);
  if (step !== null) return `${state} at ${step}`;
  return isInfeasible(columns, trial) ? `${state} infeasible` : state;
}

/** Whether a complete trial breaks a limit of the study. */
export function isInfeasible(columns: TrialColumns, trial: number): boolean {
  return columns.values('state')[trial] === STATE.complete && columns.values('feasible')[trial] === 2;
}

/** The step at which a trial is paused; null: it is not. */
export function pausedAt(columns: TrialColumns, trial: number): number | null {
  if (columns.values('state')[trial] !== STATE.paused) return null;
  const step = columns.values('pausedAt')[trial] ?? Number.NaN;
  return Number.isNaN(step) ? null : step;
}
