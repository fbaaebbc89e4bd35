import { encodeTime } from '../codec.js';
import { encodeDistribution } from '../distributions.js';
import { HAS_FOREIGN, hashOf } from '../operations/asking.js';
import { lockStudy } from '../operations/locks.js';
import { toPythonJson } from '../python-json.js';
import { lastSql, num, numOrNull, type Operation, type Row, type SqlValue, sql } from '../statement.js';
import type { AskingOn, FilledConfig, FirstTrial, OpenedAndReserved, PredictedIndex } from '../storage.js';
import { storedParams } from '../validation.js';
import { wroteRow } from './own-commits.js';

/** The trial that a study opens next, under a reserved index or a predicted one. */
type Reserved = AskingOn & { readonly reservation: number };
export type Place = Reserved | { readonly studyId: number; readonly predicted: PredictedIndex };

type Text = readonly [sql: string, ...args: SqlValue[]];

/** Bounds the number of values that are bound to one statement. */
const MOST_PARAMS = 100;

/** Whether no more has to be written than `openAtOnce` writes. */
export function isUsual(filled: FilledConfig, { attempt, limit }: FirstTrial): boolean {
  const count = Object.keys(filled.params).length;
  const isPlain = attempt === null && (limit === null || limit.repeats === 1);
  return isPlain && count > 0 && count <= MOST_PARAMS && Object.keys(filled.forced).length === 0;
}

/**
 * Stores a configuration and opens its first trial as the operations of `asking` do, in one exchange, during which the study is
 * locked: so many processes can ask at once. Null, and nothing is written, where one of the conditions does not
 * hold: then those operations decide.
 */
export function* openAtOnce(
  place: Place,
  filled: FilledConfig,
  trial: FirstTrial,
): Operation<OpenedAndReserved | null> {
  yield lockStudy('study', place.studyId);
  const [text, ...args] = opening(place, filled, trial);
  const [row] = yield lastSql((name) => reopened(place.studyId, filled, trial, name), text, ...args);
  return row ? toOpened(row, filled, trial) : null;
}

/**
 * What the statement would have returned. Another process may have stored the same configuration first. An index that was reserved
 * is free once this process has ended.
 */
function* reopened(
  studyId: number,
  filled: FilledConfig,
  trial: FirstTrial,
  transaction: string,
): Operation<OpenedAndReserved | null> {
  const [row] = yield sql(
    `SELECT c.sampler_index, c.number AS configuration, c.configuration_id, h.trial_id, h.number,
        NULL AS next_reservation, NULL AS next_index
      FROM hpo_configurations c JOIN hpo_trials h ON h.configuration_id = c.configuration_id AND h.repeat = ?
      WHERE c.study_id = ? AND c.key_sha256 = ? AND ${wroteRow('c')}`,
    trial.repeat,
    studyId,
    hashOf(filled),
    transaction,
  );
  return row ? toOpened(row, filled, trial) : null;
}

/** One statement: every part of it sees the study as it is once it is locked. */
function opening(place: Place, filled: FilledConfig, trial: FirstTrial): Text {
  const { params, forced, key, attrs } = filled;
  const [rows, ...rowArgs] = 'reservation' in place ? reserved(place) : predicted(place);
  const [next, ...nextArgs] = 'reservation' in place ? reservingNext(place) : NOT_RESERVING;
  const stored = storedParams(filled);
  const values = stored.map((_, k) => (k === 0 ? '(0, ?::text, ?::float8, ?::text)' : `(${k}, ?, ?, ?)`));
  return [
    `WITH place AS MATERIALIZED (
      SELECT * FROM (${rows}) AS s WHERE number < ?::bigint
        AND NOT EXISTS (SELECT 1 FROM hpo_configurations WHERE study_id = s.study_id AND key_sha256 = ?)
        AND NOT EXISTS (SELECT 1 FROM hpo_choices WHERE study_id = s.study_id)
    ), configuration AS (
      INSERT INTO hpo_configurations
        (study_id, number, sampler_index, params_json, forced_json, config_key, key_sha256, attrs_json)
      SELECT study_id, configuration, sampler_index, ?::text, ?::text, ?::text, ?::text, ?::text FROM place RETURNING configuration_id
    ), trial AS (
      INSERT INTO trials (number, study_id, state, datetime_start)
      SELECT number, study_id, 'RUNNING', ?::timestamp FROM place RETURNING trial_id
    ), own AS (
      INSERT INTO hpo_trials (trial_id, study_id, number, configuration_id, repeat, seed, asker)
      SELECT trial_id, study_id, number, configuration_id, ?::int, ?::bigint, ?::text FROM place, configuration, trial
    ), params AS (
      INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json)
      SELECT trial_id, p.name, p.value, p.json FROM trial, (VALUES ${values.join(', ')}) AS p (place, name, value, json)
      ORDER BY p.place
    )${next}
    FROM place CROSS JOIN configuration CROSS JOIN trial`,
    ...rowArgs,
    trial.limit?.trials ?? Number.MAX_SAFE_INTEGER,
    hashOf(filled),
    toPythonJson(params),
    toPythonJson(forced),
    key,
    hashOf(filled),
    toPythonJson(attrs),
    encodeTime(trial.startedAtMs),
    trial.repeat,
    trial.seed,
    trial.asker,
    ...stored.flatMap((one) => [one.name, one.stored, encodeDistribution(one.distribution)]),
    ...nextArgs,
  ];
}

const NUMBERS = `COALESCE((SELECT MAX(number) FROM hpo_configurations WHERE study_id = s.study_id), -1) + 1 AS configuration,
        COALESCE((SELECT number FROM trials WHERE study_id = s.study_id ORDER BY trial_id DESC LIMIT 1), -1) + 1 AS number`;
const RELEASED = 'EXISTS (SELECT 1 FROM hpo_drafts WHERE study_id = s.study_id AND owner IS NULL)';
/** The index after all that the study of a row `s` has given out. */
const NEXT_INDEX = `1 + GREATEST((SELECT MAX(sampler_index) FROM hpo_drafts WHERE study_id = s.study_id),
        (SELECT MAX(sampler_index) FROM hpo_configurations WHERE study_id = s.study_id AND sampler_index >= 0), -1)`;

function reserved({ reservation, studyId, owner, knownUpTo }: Reserved): Text {
  return [
    `SELECT s.study_id, s.sampler_index, s.draft_id, ${NUMBERS} FROM hpo_drafts s
        WHERE s.draft_id = ? AND s.study_id = ? AND s.owner = ? AND NOT ${HAS_FOREIGN}`,
    reservation,
    studyId,
    owner,
    knownUpTo,
  ];
}

function predicted({ studyId, predicted: next }: Exclude<Place, AskingOn>): Text {
  return [
    `SELECT * FROM (SELECT s.study_id, ${NEXT_INDEX} AS sampler_index, ${NUMBERS} FROM studies s
          WHERE s.study_id = ? AND NOT ${RELEASED}) AS p WHERE sampler_index = ? AND number = ?`,
    studyId,
    next.index,
    next.trialNumber,
  ];
}

const COLUMNS = 'SELECT sampler_index, configuration, configuration_id, trial_id, number';
const NOT_RESERVING: Text = [`${COLUMNS}, NULL AS next_reservation, NULL AS next_index`];

/** The row of the index moves on to the next one, unless one was released, which comes first. */
function reservingNext({ owner }: AskingOn): Text {
  return [
    `, used AS (
      DELETE FROM hpo_drafts d USING place WHERE d.draft_id = place.draft_id
    ), next AS (
      INSERT INTO hpo_drafts (study_id, sampler_index, owner)
      SELECT study_id, ${NEXT_INDEX}, ?::text FROM place s WHERE NOT ${RELEASED} RETURNING draft_id, sampler_index
    ) ${COLUMNS}, (SELECT draft_id FROM next) AS next_reservation, (SELECT sampler_index FROM next) AS next_index`,
    owner,
  ];
}

function toOpened(
  row: Row,
  { params, forced, key, attrs }: FilledConfig,
  trial: FirstTrial,
): OpenedAndReserved {
  const configId = num(row, 'configuration_id');
  const reservation = numOrNull(row, 'next_reservation');
  return {
    opened: {
      trial: {
        id: num(row, 'trial_id'),
        number: num(row, 'number'),
        configId,
        repeat: trial.repeat,
        seed: trial.seed,
        state: 'running',
        values: null,
        params,
        steps: new Map(),
        violations: [],
        pausedAt: null,
      },
      config: {
        id: configId,
        number: num(row, 'configuration'),
        index: num(row, 'sampler_index'),
        params,
        forced,
        key,
        attrs,
      },
      attempt: null,
    },
    next: reservation === null ? null : { reservation, index: num(row, 'next_index') },
  };
}
