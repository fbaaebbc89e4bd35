import type { Changes, Since, UnfinishedTrial } from '../storage.js';
import { epochsOf } from './rows.js';
import type { Study, Tables, Trial } from './tables.js';
import { toTrialRecord } from './trials.js';

export function changes(tables: Tables, studyId: number, since: Since): Changes {
  const study = tables.studies.get(studyId);
  if (!study) return { configs: [], trials: [] };
  const configs = above(study.configs, since.configId, (config) => config.record.id);
  const added = above(study.trials, since.trialId, (trial) => trial.id);
  // Trials above the mark are among the added ones; each trial is to be listed once.
  const listed = [...new Set(since.unfinished)]
    .filter((id) => id <= since.trialId)
    .map((id) => tables.trials.get(id))
    .filter((trial) => trial?.study === study) as Trial[];
  return {
    configs: configs.map((config) => config.record),
    trials: [...byNumber(listed), ...added].map(toTrialRecord),
  };
}

/** The end of a list in ascending order of id: what has an id above this one. Mostly it is short, or nothing. */
function above<T>(list: readonly T[], id: number, idOf: (item: T) => number): readonly T[] {
  let start = list.length;
  if (id <= 0) start = 0;
  while (start > 0 && idOf(list[start - 1] as T) > id) start -= 1;
  return list.slice(start);
}

export function unfinished(tables: Tables, studyId: number): readonly UnfinishedTrial[] {
  const trials = byNumber([...(tables.studies.get(studyId)?.unfinished ?? [])]);
  return trials.map((trial) => ({
    trial: toTrialRecord(trial),
    attempt: trial.attempt,
    asker: trial.asker,
  }));
}

/** No other program reaches this memory: foreign are only those that have no configuration of ours. */
export function countForeign(tables: Tables, studyId: number): number {
  return tables.studies.get(studyId)?.unconfigured ?? 0;
}

export function countEpochs(tables: Tables, studyId: number): number {
  const trials = tables.studies.get(studyId)?.trials ?? [];
  return trials.reduce((sum, { metrics }) => sum + epochsOf(metrics), 0);
}

export function owners(tables: Tables, studyId: number): readonly string[] {
  const study = tables.studies.get(studyId);
  return study ? [...new Set(watchers(study))].sort() : [];
}

function* watchers({ unfinished: trials, drafts }: Study): Generator<string> {
  for (const { attempt, asker } of trials) {
    if (attempt?.finishedAtMs === null) yield attempt.owner;
    if (asker !== null) yield asker;
  }
  for (const { owner } of drafts.values()) if (owner !== null) yield owner;
}

function byNumber(trials: Trial[]): Trial[] {
  return trials.sort((a, b) => a.number - b.number);
}
