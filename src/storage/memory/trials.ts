import type {
  AttemptRecord,
  NewAttempt,
  NewTrial,
  OpenedTrial,
  PartialParams,
  TrialRecord,
} from '../storage.js';
import { noteAllSeen } from './parameter-summary.js';
import { Series } from './series.js';
import type { Config, Study, Tables, Trial } from './tables.js';

const NO_PARAMS = Object.freeze({});
export const NO_VIOLATIONS: readonly number[] = Object.freeze([]);
const NO_ATTRS: ReadonlyMap<string, string> = new Map();

/**
 * Opens a trial under the next number of its study. Whatever may throw comes before the first change, so that an
 * operation changes everything or nothing.
 */
export function openTrial(tables: Tables, config: Config, opening: NewTrial): OpenedTrial {
  const trial = newTrial(tables, config.study, {});
  const opened = startTrial(tables, trial, config, opening);
  addTrialTo(tables, trial);
  return opened;
}

/** A waiting trial with the next number of its study. It is in no table yet. */
export function newTrial(tables: Tables, study: Study, fixed: PartialParams): Trial {
  return {
    id: tables.newId('trial'),
    number: study.trials.length,
    study,
    config: null,
    params: NO_PARAMS,
    distributions: [],
    fixed,
    repeat: 0,
    seed: null,
    asker: null,
    state: 'waiting',
    values: null,
    violations: NO_VIOLATIONS,
    attempt: null,
    attempts: [],
    startedAtMs: null,
    finishedAtMs: null,
    exitCode: null,
    reason: null,
    metrics: new Map(),
    inheritsObjective: false,
    objective: new Series(),
    pausedAt: null,
    gpuUse: null,
    note: null,
    tags: [],
    hidden: false,
    attrs: NO_ATTRS,
    revision: 0,
  };
}

export function addTrialTo(tables: Tables, trial: Trial): void {
  trial.study.trials.push(trial);
  trial.study.unfinished.add(trial);
  tables.trials.set(trial.id, trial);
  tables.noteChange(trial);
}

/** Starts a waiting trial with a configuration. Whatever may throw comes before the first change. */
export function startTrial(tables: Tables, trial: Trial, config: Config, opening: NewTrial): OpenedTrial {
  const { repeat, seed, startedAtMs, asker } = opening;
  const attempt = opening.attempt && newAttempt(tables, trial, 1, opening.attempt);
  if (attempt) tables.setAttempt(trial, attempt);
  const { params } = config.first ?? config.record;
  const { distributions } = config.first ?? config;
  noteAllSeen(trial.study, distributions, params);
  trial.config = config;
  trial.params = params;
  trial.distributions = distributions;
  trial.repeat = repeat;
  trial.seed = seed;
  trial.asker = asker;
  trial.startedAtMs = startedAtMs;
  trial.state = 'running';
  config.first ??= trial;
  config.repeats.add(repeat);
  tables.noteChange(trial);
  return { trial: toTrialRecord(trial), config: config.record, attempt };
}

export function newAttempt(
  tables: Tables,
  { id: trialId, number, metrics }: Trial,
  attempt: number,
  { token, owner, device, handle, startedAtMs, targetStep }: NewAttempt,
): AttemptRecord {
  return {
    id: tables.newId('attempt'),
    trialId,
    attempt,
    token,
    owner,
    device,
    handle: handle(number, attempt),
    startedAtMs,
    finishedAtMs: null,
    exitCode: null,
    reason: null,
    cause: null,
    settled: false,
    stopRequested: false,
    firstStep: null,
    inherited: Object.freeze([...metrics.keys()].sort()),
    targetStep: targetStep?.(number) ?? null,
  };
}

/** Only a trial that had an attempt gets another one: a trial without any belongs to its asker. */
export function addAttempt(tables: Tables, trialId: number, opening: NewAttempt): OpenedTrial | null {
  const trial = tables.trials.get(trialId);
  if (trial?.state !== 'running' || !trial.config) return null;
  if (!trial.attempt || trial.attempt.finishedAtMs === null) return null;
  const attempt = newAttempt(tables, trial, trial.attempt.attempt + 1, opening);
  tables.setAttempt(trial, attempt);
  trial.inheritsObjective = !trial.objective.isEmpty;
  trial.pausedAt = null;
  // The newest attempt counts: its start is the start of the trial.
  trial.startedAtMs = opening.startedAtMs;
  return { trial: toTrialRecord(trial), config: trial.config.record, attempt };
}

/** The map of steps is a copy, since the stored one still changes. */
export function toTrialRecord(trial: Trial): TrialRecord {
  return {
    id: trial.id,
    number: trial.number,
    configId: trial.config?.record.id ?? null,
    repeat: trial.repeat,
    seed: trial.seed,
    state: trial.state,
    values: trial.values,
    params: trial.params,
    // Never one map for all: a reader may change what it gets.
    steps: trial.objective.isEmpty ? new Map() : new Map(trial.objective.steps()),
    violations: trial.violations,
    pausedAt: trial.pausedAt,
  };
}
