import { lostIndex, noConfiguration, storedParams } from '../refusals.js';
import type { FilledConfig, NewTrial, OpenedTrial } from '../storage.js';
import { frozenCopy } from './frozen.js';
import { studyOf } from './studies.js';
import type { Config, Draft, Tables } from './tables.js';
import { openTrial } from './trials.js';

/** @throws HpoError storage.no-study */
export function allotIndex(
  tables: Tables,
  studyId: number,
  owner: string,
): { configId: number; index: number } {
  const study = studyOf(tables, studyId);
  let draft: Draft | null = null;
  for (const other of study.drafts.values())
    if (other.owner === null && (draft === null || other.index < draft.index)) draft = other;
  if (draft === null) {
    draft = { id: tables.newId('draft'), study, index: study.nextIndex, owner };
    study.nextIndex += 1;
    study.drafts.set(draft.id, draft);
    tables.drafts.set(draft.id, draft);
  }
  draft.owner = owner;
  return { configId: draft.id, index: draft.index };
}

/** @throws HpoError storage.index-lost, storage.no-distribution */
export function fillConfiguration(
  tables: Tables,
  draftId: number,
  filled: FilledConfig,
  trial: NewTrial,
): OpenedTrial | null {
  const draft = tables.drafts.get(draftId);
  if (!draft || draft.owner === null) throw lostIndex(draftId);
  const { study, index } = draft;
  const { key } = filled;
  if (study.keys.has(key)) return null;
  storedParams(filled);
  const config: Config = {
    record: Object.freeze({
      id: tables.newId('config'),
      number: study.configs.length,
      index,
      params: frozenCopy(filled.params),
      forced: frozenCopy(filled.forced),
      key,
      attrs: frozenCopy(filled.attrs),
    }),
    study,
    repeats: new Set(),
  };
  const opened = openTrial(tables, config, trial);
  study.drafts.delete(draftId);
  tables.drafts.delete(draftId);
  study.configs.push(config);
  study.keys.add(key);
  tables.configs.set(config.record.id, config);
  return opened;
}

/** Indices given back keep their draft, so that the sequence has no gap. */
export function releaseIndex(tables: Tables, draftId: number): void {
  const draft = tables.drafts.get(draftId);
  if (draft) draft.owner = null;
}

export function freeIndices(tables: Tables, studyId: number, owners: readonly string[]): void {
  for (const draft of tables.studies.get(studyId)?.drafts.values() ?? [])
    if (draft.owner !== null && owners.includes(draft.owner)) draft.owner = null;
}

/** @throws HpoError storage.no-configuration */
export function addTrial(tables: Tables, configId: number, trial: NewTrial): OpenedTrial | null {
  const config = tables.configs.get(configId);
  if (!config) throw noConfiguration(configId);
  return config.repeats.has(trial.repeat) ? null : openTrial(tables, config, trial);
}
