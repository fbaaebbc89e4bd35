import { type ParamValue, toStored } from '../../core/distribution.js';
import type {
  AskingOn,
  BatchMember,
  FilledConfig,
  FirstTrial,
  Forking,
  IndexSource,
  NewTrial,
  OpenedAndReserved,
  OpenedTrial,
  PredictedIndex,
  ReservedIndex,
} from '../storage.js';
import { lostIndex, noConfiguration, storedParams } from '../validation.js';
import { continueParent, isPaused } from './forking.js';
import { frozenCopy } from './frozen.js';
import { isFull } from './limits.js';
import { finish } from './reporting.js';
import { type Config, type Reservation, type Study, studyOf, type Tables } from './tables.js';
import { openTrial } from './trials.js';

/** @throws HpoError storage.no-study */
export function reserveIndex(tables: Tables, studyId: number, owner: string): ReservedIndex {
  const study = studyOf(tables, studyId);
  let reservation = firstReleased(study);
  if (reservation === null) {
    reservation = { id: tables.newId('reservation'), study, index: study.nextIndex, owner };
    study.nextIndex += 1;
    study.reservations.set(reservation.id, reservation);
    tables.reservations.set(reservation.id, reservation);
  }
  reservation.owner = owner;
  return { reservation: reservation.id, index: reservation.index };
}

/** The reservation with the lowest released index, or null. */
function firstReleased(study: Study): Reservation | null {
  let first: Reservation | null = null;
  for (const reservation of study.reservations.values())
    if (reservation.owner === null && (first === null || reservation.index < first.index))
      first = reservation;
  return first;
}

/** @throws HpoError storage.index-lost, storage.no-study, storage.no-distribution */
export function commitConfiguration(
  tables: Tables,
  source: IndexSource,
  filled: FilledConfig,
  trial: FirstTrial,
): OpenedTrial | null {
  if ('reservation' in source) return commitReserved(tables, source.reservation, filled, trial);
  if ('forking' in source) return commitForked(tables, source.studyId, source.forking, filled, trial);
  return commitPredicted(tables, source.studyId, source.predicted, filled, trial);
}

function commitReserved(
  tables: Tables,
  reservationId: number,
  filled: FilledConfig,
  trial: FirstTrial,
): OpenedTrial | null {
  const { study, index } = reservedOf(tables, reservationId);
  if (study.keys.has(filled.key) || isFull(study, trial.limit)) return null;
  const opened = openConfiguration(tables, study, index, filled, trial);
  study.reservations.delete(reservationId);
  tables.reservations.delete(reservationId);
  return opened;
}

/** @throws HpoError storage.no-distribution */
export function commitAndReserve(
  tables: Tables,
  reservation: number,
  filled: FilledConfig,
  trial: FirstTrial,
  { studyId, owner, knownUpTo }: AskingOn,
): OpenedAndReserved | null {
  const reserved = tables.reservations.get(reservation);
  if (!reserved || reserved.owner !== owner || reserved.study.id !== studyId) return null;
  if (reserved.study.trials.some(({ id, config }) => id > knownUpTo && config === null)) return null;
  const opened = commitReserved(tables, reservation, filled, trial);
  return opened && { opened, next: reserveIndex(tables, reserved.study.id, owner) };
}

/** @throws HpoError storage.index-lost, storage.no-distribution */
export function commitBatch(tables: Tables, batch: readonly BatchMember[]): readonly OpenedTrial[] | null {
  const keys = new Set<string>();
  for (const { reservation, filled } of batch) {
    const { study } = reservedOf(tables, reservation);
    if (study.keys.has(filled.key) || keys.has(filled.key)) return null;
    keys.add(filled.key);
    // Whatever may throw comes before the first trial is opened.
    storedParams(filled);
  }
  const opened: OpenedTrial[] = [];
  for (const { reservation, filled, trial } of batch) {
    const one = commitReserved(tables, reservation, filled, trial);
    if (!one) break;
    opened.push(one);
  }
  return opened;
}

function reservedOf(tables: Tables, reservationId: number): Reservation {
  const reservation = tables.reservations.get(reservationId);
  if (!reservation || reservation.owner === null) throw lostIndex(reservationId);
  return reservation;
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
  if (study.keys.has(filled.key) || firstReleased(study) || isFull(study, trial.limit)) return null;
  const opened = openConfiguration(tables, study, index, filled, trial);
  study.nextIndex += 1;
  return opened;
}

function commitForked(
  tables: Tables,
  studyId: number,
  { parentId, replacedId, ending }: Forking,
  filled: FilledConfig,
  trial: FirstTrial,
): OpenedTrial | null {
  const study = studyOf(tables, studyId);
  if (study.keys.has(filled.key) || isFull(study, trial.limit)) return null;
  const [parent, replaced] = [tables.trials.get(parentId), tables.trials.get(replacedId)];
  if (!isPaused(parent, study) || !isPaused(replaced, study)) return null;
  const opened = openConfiguration(tables, study, -1, filled, trial);
  finish(tables, replacedId, null, ending(opened.trial.number));
  return continueParent(tables, opened, parent);
}

/** Whatever may throw comes first, so that an operation changes everything or nothing. */
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

/** A configuration with the next number of its study. It is in no table yet. */
export function newConfig(tables: Tables, study: Study, index: number, filled: FilledConfig): Config {
  const distributions = distributionsOf(filled);
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
    distributions,
    first: null,
  };
}

/** By the distributions of a whole space: those of the newest configuration, which the next one mostly shares. */
const newest = new WeakMap<FilledConfig['distributions'], Config['distributions']>();

/** @throws HpoError storage.no-distribution; RangeError for a value that is no choice of its distribution. */
function distributionsOf(filled: FilledConfig): Config['distributions'] {
  const known = newest.get(filled.distributions);
  const names = Object.keys(filled.params);
  const isKnown =
    known?.length === names.length &&
    names.every((name, k) => {
      const [knownName, distribution] = known[k] as Config['distributions'][number];
      if (knownName !== name) return false;
      toStored(distribution, filled.params[name] as ParamValue);
      return true;
    });
  if (isKnown) return known;
  const list = storedParams(filled).map(({ name, distribution }) => [name, distribution] as const);
  newest.set(filled.distributions, list);
  return list;
}

export function addConfig(tables: Tables, config: Config): void {
  config.study.configs.push(config);
  config.study.keys.add(config.record.key);
  tables.configs.set(config.record.id, config);
}

/** A released index keeps its reservation, so that the sequence has no gap. */
export function releaseIndices(
  tables: Tables,
  studyId: number,
  which: { readonly reservation: number } | { readonly owners: readonly string[] },
): void {
  for (const reservation of tables.studies.get(studyId)?.reservations.values() ?? []) {
    const isMeant =
      'reservation' in which
        ? reservation.id === which.reservation
        : reservation.owner !== null && which.owners.includes(reservation.owner);
    if (isMeant) reservation.owner = null;
  }
}

/** @throws HpoError storage.no-configuration */
export function addRepeat(tables: Tables, configId: number, trial: NewTrial): OpenedTrial | null {
  const config = tables.configs.get(configId);
  if (!config) throw noConfiguration(configId);
  return config.repeats.has(trial.repeat) ? null : openTrial(tables, config, trial);
}
