import { num, type Operation, sql } from '../statement.js';
import type { Changes, ConfigRecord, Since, TrialRecord } from '../storage.js';
import { readTrials } from './reading.js';
import { CONFIG_COLUMNS, toConfig } from './records.js';

/** How many ids one query names; a fixed number, so that there is one statement to prepare. */
export const IDS_PER_QUERY = 50;
/** Ids of the range that one query reads: the rows of all trials at once would take much memory. */
const RANGE = 2000;

export function* changes(studyId: number, since: Since): Operation<Changes> {
  const configs = yield* readConfigs(studyId, since.configId);
  const known = new Map(configs.map((config) => [config.id, config]));
  // Trials above `since.trialId` come with the ranges below. Each trial is listed once.
  const listed = [...new Set(since.unfinished)].filter((id) => id <= since.trialId).sort((a, b) => a - b);
  const trials: TrialRecord[] = [];
  for (let start = 0; start < listed.length; start += IDS_PER_QUERY) {
    const ids = listed.slice(start, start + IDS_PER_QUERY);
    const padding: readonly null[] = new Array(IDS_PER_QUERY - ids.length).fill(null);
    const where = `t.study_id = ? AND t.trial_id IN (${new Array(IDS_PER_QUERY).fill('?').join(', ')})`;
    trials.push(...(yield* readTrials({ where, args: [studyId, ...ids, ...padding] }, known)));
  }
  yield* readAbove(studyId, since.trialId, { known, into: trials });
  return { configs, trials };
}

/** The configurations with higher ids, so many at once that their texts take little memory. */
function* readConfigs(studyId: number, id: number): Operation<ConfigRecord[]> {
  const configs: ConfigRecord[] = [];
  for (let from = id; ; ) {
    const rows = yield sql(
      `SELECT ${CONFIG_COLUMNS} FROM hpo_configurations c WHERE +c.study_id = ? AND c.configuration_id > ?
        ORDER BY c.configuration_id LIMIT ${RANGE}`,
      studyId,
      from,
    );
    for (const row of rows) configs.push(toConfig(row));
    from = configs.at(-1)?.id ?? from;
    if (rows.length < RANGE) return configs;
  }
}

/** Reads the trials with higher ids. */
function* readAbove(
  studyId: number,
  id: number,
  { known, into }: { readonly known: ReadonlyMap<number, ConfigRecord>; readonly into: TrialRecord[] },
): Operation<void> {
  const where = 't.study_id = ? AND t.trial_id > ? AND t.trial_id <= ?';
  for (let from = id; ; ) {
    // Ids of other studies lie between.
    const [next] = yield sql(
      'SELECT trial_id FROM trials WHERE study_id = ? AND trial_id > ? ORDER BY trial_id LIMIT 1',
      studyId,
      from,
    );
    if (!next) return;
    const to = num(next, 'trial_id') + RANGE - 1;
    for (const trial of yield* readTrials({ where, args: [studyId, from, to] }, known)) into.push(trial);
    from = to;
  }
}
