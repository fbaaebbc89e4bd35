import { hash } from 'node:crypto';
import { decodeParam, toParams } from '../codec.js';
import { toPythonJson } from '../python-json.js';
import { num, numOrNull, type Operation, type Row, sql } from '../statement.js';
import type {
  AskingOn,
  BatchMember,
  ConfigRecord,
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
import { lostIndex, noConfiguration, noStudy } from '../validation.js';
import { paramsToStore } from './choice-lists.js';
import { continueParent, isPaused } from './forking.js';
import { isFull } from './limits.js';
import { lockStudy } from './locks.js';
import { CONFIG_COLUMNS, toConfig } from './records.js';
import { openTrial, type StoredParam } from './trials.js';

/** The indices of the study in a row `s` that are in use, and a released one. */
const USED = `
  (SELECT MAX(sampler_index) FROM hpo_drafts WHERE study_id = s.study_id) AS last_reserved_index,
  (SELECT MAX(sampler_index) FROM hpo_configurations WHERE study_id = s.study_id AND sampler_index >= 0) AS last_index,
  (SELECT draft_id FROM hpo_drafts WHERE study_id = s.study_id AND owner IS NULL ORDER BY sampler_index LIMIT 1)
    AS released_reservation`;

function nextIndex(row: Row): number {
  return Math.max(numOrNull(row, 'last_reserved_index') ?? -1, numOrNull(row, 'last_index') ?? -1) + 1;
}

export function* reserveIndex(studyId: number, owner: string): Operation<ReservedIndex> {
  yield lockStudy('study', studyId);
  const [used] = yield sql(`SELECT ${USED} FROM studies s WHERE s.study_id = ?`, studyId);
  if (!used) throw noStudy(studyId);
  const released = numOrNull(used, 'released_reservation');
  const returning = 'RETURNING draft_id, sampler_index';
  const [reserved] =
    released !== null
      ? yield sql(`UPDATE hpo_drafts SET owner = ? WHERE draft_id = ? ${returning}`, owner, released)
      : yield sql(
          `INSERT INTO hpo_drafts (study_id, sampler_index, owner) VALUES (?, ?, ?) ${returning}`,
          studyId,
          nextIndex(used),
          owner,
        );
  return { reservation: num(reserved as Row, 'draft_id'), index: num(reserved as Row, 'sampler_index') };
}

const IS_DUPLICATE =
  'EXISTS (SELECT 1 FROM hpo_configurations WHERE study_id = s.study_id AND key_sha256 = ?) AS is_duplicate';
/** The last numbers in the study of a row `s`, and whether it has a configuration with the bound hash already. */
export const PLACE = `
  (SELECT MAX(number) FROM hpo_configurations WHERE study_id = s.study_id) AS last_configuration,
  (SELECT number FROM trials WHERE study_id = s.study_id ORDER BY trial_id DESC LIMIT 1) AS last_trial,
  ${IS_DUPLICATE}`;

/** Whether another program has opened a trial above an id, in the study of a row `s`. */
export const HAS_FOREIGN = `EXISTS (SELECT 1 FROM trials f WHERE f.study_id = s.study_id AND f.trial_id > ?
  AND NOT EXISTS (SELECT 1 FROM hpo_trials h WHERE h.trial_id = f.trial_id))`;

export function* commitConfiguration(
  source: IndexSource,
  filled: FilledConfig,
  trial: FirstTrial,
): Operation<OpenedTrial | null> {
  if ('reservation' in source) return yield* commitReserved(source.reservation, filled, trial);
  if ('forking' in source) return yield* commitForked(source.studyId, source.forking, filled, trial);
  return yield* commitPredicted(source.studyId, source.predicted, filled, trial);
}

function* commitReserved(
  reservationId: number,
  filled: FilledConfig,
  trial: FirstTrial,
): Operation<OpenedTrial | null> {
  const keySha256 = hashOf(filled);
  yield lockStudy('reservation', reservationId);
  const [place] = yield sql(
    `SELECT s.study_id, s.sampler_index, ${PLACE} FROM hpo_drafts s WHERE s.draft_id = ? AND s.owner IS NOT NULL`,
    keySha256,
    reservationId,
  );
  if (!place) throw lostIndex(reservationId);
  if (num(place, 'is_duplicate') !== 0) return null;
  if (yield* isFull(num(place, 'study_id'), trial.limit)) return null;
  yield sql('DELETE FROM hpo_drafts WHERE draft_id = ?', reservationId);
  const index = num(place, 'sampler_index');
  return yield* openConfiguration(num(place, 'study_id'), place, index, filled, keySha256, trial);
}

export function* commitAndReserve(
  reservation: number,
  filled: FilledConfig,
  trial: FirstTrial,
  { studyId, owner, knownUpTo }: AskingOn,
): Operation<OpenedAndReserved | null> {
  yield lockStudy('study', studyId);
  const [held] = yield sql(
    `SELECT draft_id FROM hpo_drafts s WHERE draft_id = ? AND study_id = ? AND owner = ? AND NOT ${HAS_FOREIGN}`,
    reservation,
    studyId,
    owner,
    knownUpTo,
  );
  if (!held) return null;
  const opened = yield* commitReserved(reservation, filled, trial);
  return opened && { opened, next: yield* reserveIndex(studyId, owner) };
}

/** Where one is refused for the limit, so are those after it. */
export function* commitBatch(batch: readonly BatchMember[]): Operation<readonly OpenedTrial[] | null> {
  const keys = new Set<string>();
  for (const { reservation, filled } of batch) {
    const keySha256 = hashOf(filled);
    yield lockStudy('reservation', reservation);
    const [place] = yield sql(
      `SELECT ${IS_DUPLICATE} FROM hpo_drafts s WHERE s.draft_id = ? AND s.owner IS NOT NULL`,
      keySha256,
      reservation,
    );
    if (!place) throw lostIndex(reservation);
    if (num(place, 'is_duplicate') !== 0 || keys.has(keySha256)) return null;
    keys.add(keySha256);
  }
  const opened: OpenedTrial[] = [];
  for (const { reservation, filled, trial } of batch) {
    const one = yield* commitReserved(reservation, filled, trial);
    if (!one) break;
    opened.push(one);
  }
  return opened;
}

function* commitPredicted(
  studyId: number,
  expected: PredictedIndex,
  filled: FilledConfig,
  trial: FirstTrial,
): Operation<OpenedTrial | null> {
  const keySha256 = hashOf(filled);
  yield lockStudy('study', studyId);
  const [place] = yield sql(
    `SELECT ${USED}, ${PLACE} FROM studies s WHERE s.study_id = ?`,
    keySha256,
    studyId,
  );
  if (!place) throw noStudy(studyId);
  const index = nextIndex(place);
  const asExpected = index === expected.index && next(place, 'last_trial') === expected.trialNumber;
  if (!asExpected || place.released_reservation !== null || num(place, 'is_duplicate') !== 0) return null;
  if (yield* isFull(studyId, trial.limit)) return null;
  return yield* openConfiguration(studyId, place, index, filled, keySha256, trial);
}

function* commitForked(
  studyId: number,
  forking: Forking,
  filled: FilledConfig,
  trial: FirstTrial,
): Operation<OpenedTrial | null> {
  const keySha256 = hashOf(filled);
  yield lockStudy('study', studyId);
  const [place] = yield sql(`SELECT ${PLACE} FROM studies s WHERE s.study_id = ?`, keySha256, studyId);
  if (!place) throw noStudy(studyId);
  if (num(place, 'is_duplicate') !== 0 || (yield* isFull(studyId, trial.limit))) return null;
  for (const trialId of [forking.parentId, forking.replacedId])
    if (!(yield* isPaused(studyId, trialId))) return null;
  const opened = yield* openConfiguration(studyId, place, -1, filled, keySha256, trial);
  return yield* continueParent(studyId, opened, forking);
}

/** The key as the unique index stores it, which bounds its length. */
export function hashOf({ key }: FilledConfig): string {
  return hash('sha256', key);
}

/** `place`: a row with the columns of PLACE. */
export function* openConfiguration(
  studyId: number,
  place: Row,
  index: number,
  filled: FilledConfig,
  keySha256: string,
  trial: NewTrial,
): Operation<OpenedTrial> {
  const { config, stored } = yield* insertConfiguration(studyId, place, index, filled, keySha256);
  return yield* openTrial({ studyId, number: next(place, 'last_trial') }, config, stored, trial);
}

/** `place`: a row with the columns of PLACE. */
export function* insertConfiguration(
  studyId: number,
  place: Row,
  index: number,
  filled: FilledConfig,
  keySha256: string,
): Operation<{ config: ConfigRecord; stored: readonly StoredParam[] }> {
  const { params, forced, key, attrs } = filled;
  const stored = yield* paramsToStore(studyId, filled);
  const number = next(place, 'last_configuration');
  const [inserted] = yield sql(
    `INSERT INTO hpo_configurations
      (study_id, number, sampler_index, params_json, forced_json, config_key, key_sha256, attrs_json)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING configuration_id`,
    studyId,
    number,
    index,
    toPythonJson(params),
    toPythonJson(forced),
    key,
    keySha256,
    toPythonJson(attrs),
  );
  const id = num(inserted as Row, 'configuration_id');
  return { config: { id, number, index, params, forced, key, attrs }, stored };
}

function next(row: Row, column: string): number {
  return (numOrNull(row, column) ?? -1) + 1;
}

/** Released indices keep their row, so that the sequence has no gap. */
export function* releaseIndices(
  studyId: number,
  which: { readonly reservation: number } | { readonly owners: readonly string[] },
): Operation<void> {
  const release = 'UPDATE hpo_drafts SET owner = NULL WHERE study_id = ?';
  if ('reservation' in which) yield sql(`${release} AND draft_id = ?`, studyId, which.reservation);
  else for (const owner of which.owners) yield sql(`${release} AND owner = ?`, studyId, owner);
}

export function* addRepeat(configId: number, trial: NewTrial): Operation<OpenedTrial | null> {
  yield lockStudy('configuration', configId);
  const [row] = yield sql(
    `SELECT ${CONFIG_COLUMNS}, c.study_id, t.trial_id,
        (SELECT number FROM trials WHERE study_id = c.study_id ORDER BY trial_id DESC LIMIT 1) AS last_trial,
        EXISTS (SELECT 1 FROM hpo_trials WHERE configuration_id = c.configuration_id AND repeat = ?) AS is_duplicate
      FROM hpo_configurations c LEFT JOIN hpo_trials t ON t.configuration_id = c.configuration_id
      WHERE c.configuration_id = ? ORDER BY t.trial_id LIMIT 1`,
    trial.repeat,
    configId,
  );
  if (!row) throw noConfiguration(configId);
  if (num(row, 'is_duplicate') !== 0) return null;
  const config = toConfig(row);
  // The parameters were encoded for the first trial; every later one has the same rows.
  const rows = yield sql(
    'SELECT param_name, param_value, distribution_json FROM trial_params WHERE trial_id = ? ORDER BY param_id',
    num(row, 'trial_id'),
  );
  const stored = rows.map((param) => ({
    name: String(param.param_name),
    stored: num(param, 'param_value'),
    json: String(param.distribution_json),
  }));
  const place = { studyId: num(row, 'study_id'), number: next(row, 'last_trial') };
  const opened = yield* openTrial(place, config, stored, trial);
  // The first trial may have named more parameters than its configuration has.
  return { ...opened, trial: { ...opened.trial, params: toParams(rows.map(decodeParam)) } };
}
