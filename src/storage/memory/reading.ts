import type { AttemptRecord, Changes, Pending, Since, UnfinishedTrial } from '../storage.js';
import type { Study, Tables, Trial } from './tables.js';
import { toTrialRecord } from './trials.js';

export function changes(tables: Tables, studyId: number, since: Since): Changes {
  const study = tables.studies.get(studyId);
  if (!study) return { configs: [], trials: [] };
  const configs = above(study.configs, since.configId, (config) => config.record.id);
  const added = above(study.trials, since.trialId, (trial) => trial.id);
  // Trials above `since.trialId` are among the added ones. Each trial is listed once.
  const listed = [...new Set(since.unfinished)]
    .filter((id) => id <= since.trialId)
    .map((id) => tables.trials.get(id))
    .filter((trial) => trial?.study === study) as Trial[];
  return {
    configs: configs.map((config) => config.record),
    trials: [...byNumber(listed), ...added].map(toTrialRecord),
  };
}

/** The items with a higher id, of a list in ascending order of id. Mostly few or none, so the search starts at the end. */
function above<T>(list: readonly T[], id: number, idOf: (item: T) => number): readonly T[] {
  let start = list.length;
  if (id <= 0) start = 0;
  while (start > 0 && idOf(list[start - 1] as T) > id) start -= 1;
  return list.slice(start);
}

export function unfinished(
  tables: Tables,
  studyId: number,
  state?: 'running' | 'waiting',
): readonly UnfinishedTrial[] {
  const all = [...(tables.studies.get(studyId)?.unfinished ?? [])];
  return byNumber(all.filter((trial) => state === undefined || trial.state === state)).map((trial) => ({
    trial: toTrialRecord(trial),
    attempt: trial.attempt,
    asker: trial.asker,
    enqueued: trial.state === 'waiting' ? trial.fixed : null,
  }));
}

export function attempts(
  { attempts: all }: Tables,
  of: { readonly attemptId: number } | { readonly trialId: number },
): readonly AttemptRecord[] {
  if ('attemptId' in of) {
    const attempt = all.get(of.attemptId);
    return attempt ? [attempt] : [];
  }
  return [...all.values()].filter(({ trialId }) => trialId === of.trialId);
}

export function owners(tables: Tables, studyId: number): readonly string[] {
  const study = tables.studies.get(studyId);
  if (!study || (study.unfinished.size === 0 && study.reservations.size === 0)) return [];
  return [...new Set(watchers(study))].sort();
}

export function pending(tables: Tables, studyId: number): Pending {
  let isWaiting = false;
  for (const { state } of tables.studies.get(studyId)?.unfinished ?? []) isWaiting ||= state === 'waiting';
  return { owners: owners(tables, studyId), isWaiting };
}

function* watchers({ unfinished: trials, reservations }: Study): Generator<string> {
  for (const { attempt, asker } of trials) {
    if (attempt?.finishedAtMs === null) yield attempt.owner;
    if (asker !== null) yield asker;
  }
  for (const { owner } of reservations.values()) if (owner !== null) yield owner;
}

function byNumber(trials: Trial[]): Trial[] {
  return trials.sort((a, b) => a.number - b.number);
}
