import type { OpenedTrial, Reopening } from '../storage.js';
import { forgetReports } from './reporting.js';
import type { Tables } from './tables.js';
import { newAttempt, toTrialRecord } from './trials.js';

/** Takes a running trial from its asker. */
export function reclaim(
  tables: Tables,
  trialId: number,
  fromAsker: string,
  opening: Reopening,
): OpenedTrial | null {
  const trial = tables.trials.get(trialId);
  if (trial?.state !== 'running' || !trial.config || trial.asker !== fromAsker) return null;
  forgetReports(trial);
  const attempt = opening.attempt && newAttempt(tables, trial, 1, opening.attempt);
  if (attempt) tables.setAttempt(trial, attempt);
  trial.asker = opening.asker;
  trial.startedAtMs = opening.startedAtMs;
  return { trial: toTrialRecord(trial), config: trial.config.record, attempt };
}
