import type { OpenedTrial, Restart } from '../storage.js';
import { forgetReports } from './reporting.js';
import type { Tables } from './tables.js';
import { addAttempt, newAttempt, toTrialRecord } from './trials.js';

export function restart(tables: Tables, trialId: number, restart: Restart): OpenedTrial | null {
  return restart.fromAsker === null
    ? addAttempt(tables, trialId, restart.attempt)
    : reclaim(tables, trialId, restart);
}

/** Takes a running trial from its asker. */
function reclaim(
  tables: Tables,
  trialId: number,
  { fromAsker, ...opening }: Extract<Restart, { readonly fromAsker: string }>,
): OpenedTrial | null {
  const trial = tables.trials.get(trialId);
  if (trial?.state !== 'running' || !trial.config || trial.asker !== fromAsker) return null;
  if (opening.startedAtMs !== null) forgetReports(trial);
  const attempt = opening.attempt && newAttempt(tables, trial, 1, opening.attempt);
  if (attempt) tables.setAttempt(trial, attempt);
  trial.asker = opening.asker;
  trial.startedAtMs = opening.startedAtMs ?? trial.startedAtMs;
  tables.noteChange(trial);
  return { trial: toTrialRecord(trial), config: trial.config.record, attempt };
}
