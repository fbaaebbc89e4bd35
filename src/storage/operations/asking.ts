import { createHash } from 'node:crypto';
import { encodeDistribution } from '../distributions.js';
import { toPythonJson } from '../python-json.js';
import { lostIndex, noConfiguration, noStudy, storedParams } from '../refusals.js';
import { num, type Operation, type Row, sql, textOrNull } from '../statement.js';
import type { ConfigRecord, FilledConfig, NewTrial, OpenedTrial } from '../storage.js';
import { CONFIG_COLUMNS, toConfig } from './records.js';
import { openTrial } from './trials.js';

type Allotted = { configId: number; index: number };

export function* allotIndex(studyId: number, owner: string): Operation<Allotted> {
  const [freed] = yield sql(
    'SELECT draft_id, sampler_index FROM hpo_drafts WHERE study_id = ? AND owner IS NULL ORDER BY sampler_index LIMIT 1',
    studyId,
  );
  if (freed) {
    yield sql('UPDATE hpo_drafts SET owner = ? WHERE draft_id = ?', owner, num(freed, 'draft_id'));
    return { configId: num(freed, 'draft_id'), index: num(freed, 'sampler_index') };
  }
  const [study] = yield sql('SELECT study_id FROM studies WHERE study_id = ?', studyId);
  if (!study) throw noStudy(studyId);
  const [last] = yield sql(
    `SELECT COALESCE(MAX(sampler_index), -1) AS sampler_index FROM (
        SELECT MAX(sampler_index) AS sampler_index FROM hpo_drafts WHERE study_id = ?
        UNION ALL
        SELECT MAX(sampler_index) FROM hpo_configurations WHERE study_id = ? AND sampler_index >= 0
      ) AS used`,
    studyId,
    studyId,
  );
  const index = num(last as Row, 'sampler_index') + 1;
  const [draft] = yield sql(
    'INSERT INTO hpo_drafts (study_id, sampler_index, owner) VALUES (?, ?, ?) RETURNING draft_id',
    studyId,
    index,
    owner,
  );
  return { configId: num(draft as Row, 'draft_id'), index };
}

export function* fillConfiguration(
  draftId: number,
  filled: FilledConfig,
  trial: NewTrial,
): Operation<OpenedTrial | null> {
  const [draft] = yield sql(
    'SELECT study_id, sampler_index, owner FROM hpo_drafts WHERE draft_id = ?',
    draftId,
  );
  if (!draft || textOrNull(draft, 'owner') === null) throw lostIndex(draftId);
  const studyId = num(draft, 'study_id');
  const hash = createHash('sha256').update(filled.key).digest('hex');
  const [held] = yield sql(
    'SELECT configuration_id FROM hpo_configurations WHERE study_id = ? AND key_sha256 = ?',
    studyId,
    hash,
  );
  if (held) return null;
  yield sql('DELETE FROM hpo_drafts WHERE draft_id = ?', draftId);
  const config = yield* insertConfiguration(studyId, num(draft, 'sampler_index'), filled, hash);
  const params = storedParams(filled).map(({ name, distribution, stored }) => {
    return { name, stored, json: encodeDistribution(distribution) };
  });
  return yield* openTrial(studyId, config, filled.params, params, trial);
}

function* insertConfiguration(
  studyId: number,
  index: number,
  filled: FilledConfig,
  hash: string,
): Operation<ConfigRecord> {
  const { params, forced, key, attrs } = filled;
  const [last] = yield sql(
    'SELECT COALESCE(MAX(number), -1) AS number FROM hpo_configurations WHERE study_id = ?',
    studyId,
  );
  const number = num(last as Row, 'number') + 1;
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
    hash,
    toPythonJson(attrs),
  );
  return { id: num(inserted as Row, 'configuration_id'), number, index, params, forced, key, attrs };
}

/** Indices given back keep their row, so that the sequence has no gap. */
export function* releaseIndex(draftId: number): Operation<void> {
  yield sql('UPDATE hpo_drafts SET owner = NULL WHERE draft_id = ?', draftId);
}

export function* freeIndices(studyId: number, owners: readonly string[]): Operation<void> {
  for (const owner of owners) {
    yield sql('UPDATE hpo_drafts SET owner = NULL WHERE study_id = ? AND owner = ?', studyId, owner);
  }
}

export function* addTrial(configId: number, trial: NewTrial): Operation<OpenedTrial | null> {
  const [row] = yield sql(
    `SELECT ${CONFIG_COLUMNS}, c.study_id, t.trial_id FROM hpo_configurations c
      LEFT JOIN hpo_trials t ON t.configuration_id = c.configuration_id
      WHERE c.configuration_id = ? ORDER BY t.trial_id LIMIT 1`,
    configId,
  );
  if (!row) throw noConfiguration(configId);
  const [held] = yield sql(
    'SELECT trial_id FROM hpo_trials WHERE configuration_id = ? AND repeat = ?',
    configId,
    trial.repeat,
  );
  if (held) return null;
  const config = toConfig(row);
  // Parameters were encoded for the first trial; every further one has the same rows.
  const params = (yield sql(
    'SELECT param_name, param_value, distribution_json FROM trial_params WHERE trial_id = ? ORDER BY param_id',
    num(row, 'trial_id'),
  )).map((param) => ({
    name: String(param.param_name),
    stored: num(param, 'param_value'),
    json: String(param.distribution_json),
  }));
  return yield* openTrial(num(row, 'study_id'), config, config.params, params, trial);
}
