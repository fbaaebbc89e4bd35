import type { AttemptRecord, NewAttempt, NewTrial, OpenedTrial, TrialRecord } from '../storage.js';
import { Series } from './series.js';
import type { Config, Tables, Trial } from './tables.js';

/**
 * Opens a trial under the next number of its study. What the caller gave may throw; nothing is changed before that is
 * over, so that an operation happens whole or not at all.
 */
export function openTrial(tables: Tables, config: Config, opening: NewTrial): OpenedTrial {
  const { study } = config;
  const { repeat, seed, startedAtMs } = opening;
  const trial: Trial = {
    id: tables.newId('trial'),
    number: study.trials.length,
    study,
    config,
    repeat,
    seed,
    state: 'running',
    values: null,
    attempt: null,
    startedAtMs,
    finishedAtMs: null,
    exitCode: null,
    reason: null,
    metrics: new Map(),
    objective: new Series(),
  };
  const attempt = opening.attempt && newAttempt(tables, trial, 1, opening.attempt);
  if (attempt) tables.setAttempt(trial, attempt);
  config.repeats.add(repeat);
  study.trials.push(trial);
  study.unfinished.add(trial);
  tables.trials.set(trial.id, trial);
  return { trial: toTrialRecord(trial), config: config.record, attempt };
}

function newAttempt(
  tables: Tables,
  { id: trialId, number }: Trial,
  attempt: number,
  { token, owner, device, dir, startedAtMs }: NewAttempt,
): AttemptRecord {
  return {
    id: tables.newId('attempt'),
    trialId,
    attempt,
    token,
    owner,
    device,
    dir: dir(number, attempt),
    startedAtMs,
    finishedAtMs: null,
    exitCode: null,
    reason: null,
    stopRequested: false,
  };
}

/** Only trials that were ours to run from the start are run again: one without any attempt belongs to its asker. */
export function addAttempt(tables: Tables, trialId: number, opening: NewAttempt): OpenedTrial | null {
  const trial = tables.trials.get(trialId);
  if (trial?.state !== 'running' || !trial.attempt || trial.attempt.finishedAtMs === null) return null;
  const attempt = newAttempt(tables, trial, trial.attempt.attempt + 1, opening);
  tables.setAttempt(trial, attempt);
  // The attempt that counts is the newest: its start is the trial's.
  trial.startedAtMs = opening.startedAtMs;
  return { trial: toTrialRecord(trial), config: trial.config.record, attempt };
}

/** The map of steps is a copy: the one that is stored goes on changing. */
export function toTrialRecord(trial: Trial): TrialRecord {
  return {
    id: trial.id,
    number: trial.number,
    configId: trial.config.record.id,
    repeat: trial.repeat,
    seed: trial.seed,
    state: trial.state,
    values: trial.values,
    params: trial.config.record.params,
    steps: new Map(trial.objective.steps()),
  };
}
