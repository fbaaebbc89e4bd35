import { STATE, type TrialColumns } from './trial-columns.js';

/** Returns the state as the table shows it: INFEASIBLE for a complete trial that breaks a limit of the study. */
export function printableState(columns: TrialColumns, trial: number): string {
  const state = columns.state(trial);
  return isInfeasible(columns, trial) ? `${state} infeasible` : state;
}

/** Whether a complete trial breaks a limit of the study. */
export function isInfeasible(columns: TrialColumns, trial: number): boolean {
  return columns.values('state')[trial] === STATE.complete && columns.values('feasible')[trial] === 2;
}
