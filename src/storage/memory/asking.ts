import type {
  FilledConfig,
  FirstTrial,
  IndexSource,
  NewTrial,
  OpenedTrial,
  PredictedIndex,
} from '../storage.js';
import { lostIndex, noConfiguration, storedParams } from '../validation.js';
import { frozenCopy } from './frozen.js';
import { isFull } from './limits.js';
import { type Config, type Draft, type Study, studyOf, type Tables } from './tables.js';
import { openTrial } from './trials.js';

/** @throws HpoError storage.no-study */
export function reserveIndex(
  tables: Tables,
  studyId: number,
  owner: string,
): { reservation: number; index: number } {
  const study = studyOf(tables, studyId);
  let draft = firstFreed(study);
  if (draft === null) {
    draft = { id: tables.newId('draft'), study, index: study.nextIndex, owner };
    study.nextIndex += 1;
    study.drafts.set(draft.id, draft);
    tables.drafts.set(draft.id, draft);
  }
  draft.owner = owner;
  return { reservation: draft.id, index: draft.index };
}

/** The lowest index that was given back. */
function firstFreed(study: Study): Draft | null {
  let first: Draft | null = null;
  for (const draft of study.drafts.values())
    if (draft.owner === null && (first === null || draft.index < first.index)) first = draft;
  return first;
}

/** @throws HpoError storage.index-lost, storage.no-study, storage.no-distribution */
export function commitConfiguration(
  tables: Tables,
  source: IndexSource,
  filled: FilledConfig,
  trial: FirstTrial,
): OpenedTrial | null {
  return 'reservation' in source
    ? commitReserved(tables, source.reservation, filled, trial)
    : commitPredicted(tables, source.studyId, source.predicted, filled, trial);
}

function commitReserved(
  tables: Tables,
  draftId: number,
  filled: FilledConfig,
  trial: FirstTrial,
): OpenedTrial | null {
  const draft = tables.drafts.get(draftId);
  if (!draft || draft.owner === null) throw lostIndex(draftId);
  const { study, index } = draft;
  if (study.keys.has(filled.key) || isFull(study, trial.limit)) return null;
  const opened = openConfiguration(tables, study, index, filled, trial);
  study.drafts.delete(draftId);
  tables.drafts.delete(draftId);
  return opened;
}

function commitPredicted(
  tables: Tables,
  studyId: number,
  expected: PredictedIndex,
  filled: FilledConfig,
  trial: FirstTrial,
): OpenedTrial | null {
  const study = studyOf(tables, studyId);
  const index = study.nextIndex;
  if (index !== expected.index || study.trials.length !== expected.trialNumber) return null;
  if (study.keys.has(filled.key) || firstFreed(study) || isFull(study, trial.limit)) return null;
  const opened = openConfiguration(tables, study, index, filled, trial);
  study.nextIndex += 1;
  return opened;
}

/** Nothing is changed before all that may throw is over. */
export function openConfiguration(
  tables: Tables,
  study: Study,
  index: number,
  filled: FilledConfig,
  trial: NewTrial,
): OpenedTrial {
  const config = newConfig(tables, study, index, filled);
  const opened = openTrial(tables, config, trial);
  addConfig(tables, config);
  return opened;
}

/** A configuration under the next number of its study; it is in no table yet. */
export function newConfig(tables: Tables, study: Study, index: number, filled: FilledConfig): Config {
  const params = storedParams(filled);
  return {
    record: Object.freeze({
      id: tables.newId('config'),
      number: study.configs.length,
      index,
      params: frozenCopy(filled.params),
      forced: frozenCopy(filled.forced),
      key: filled.key,
      attrs: frozenCopy(filled.attrs),
    }),
    study,
    repeats: new Set(),
    distributions: params.map(({ name, distribution }) => [name, distribution]),
    first: null,
  };
}

export function addConfig(tables: Tables, config: Config): void {
  config.study.configs.push(config);
  config.study.keys.add(config.record.key);
  tables.configs.set(config.record.id, config);
}

/** Released indices keep their draft, so that the sequence has no gap. */
export function releaseIndices(
  tables: Tables,
  studyId: number,
  which: { readonly reservation: number } | { readonly owners: readonly string[] },
): void {
  for (const draft of tables.studies.get(studyId)?.drafts.values() ?? []) {
    const isMeant =
      'reservation' in which
        ? draft.id === which.reservation
        : draft.owner !== null && which.owners.includes(draft.owner);
    if (isMeant) draft.owner = null;
  }
}

/** @throws HpoError storage.no-configuration */
export function addRepeat(tables: Tables, configId: number, trial: NewTrial): OpenedTrial | null {
  const config = tables.configs.get(configId);
  if (!config) throw noConfiguration(configId);
  return config.repeats.has(trial.repeat) ? null : openTrial(tables, config, trial);
}
