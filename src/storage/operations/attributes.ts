import type { JsonValue } from '../../core/trial.js';
import { decodeTime } from '../codec.js';
import { fromPythonJson, toPythonJson } from '../python-json.js';
import { num, type Operation, sql, text, textOrNull } from '../statement.js';
import { checkStudyName, noStudy, studyExists } from '../validation.js';
import { REFUSED } from './enqueueing.js';
import { lockStudy } from './locks.js';
import { clockOf } from './rows.js';

export function* readAttributes(studyId: number): Operation<Readonly<Record<string, JsonValue>>> {
  const rows = yield sql(
    'SELECT "key", value_json FROM study_user_attributes WHERE study_id = ? ORDER BY "key"',
    studyId,
  );
  const found = rows.flatMap((row): [string, JsonValue][] => {
    const value = jsonOf(text(row, 'value_json'));
    return value === undefined ? [] : [[text(row, 'key'), value]];
  });
  return Object.fromEntries(found);
}

export function* writeAttribute(
  studyId: number,
  name: string,
  value: JsonValue,
  ifBefore: JsonValue,
): Operation<boolean> {
  yield lockStudy('study', studyId);
  const [study] = yield sql('SELECT study_id FROM studies WHERE study_id = ?', studyId);
  if (!study) throw noStudy(studyId);
  const [stored] = yield sql(
    'SELECT value_json FROM study_user_attributes WHERE study_id = ? AND "key" = ?',
    studyId,
    name,
  );
  // What is no JSON counts as none, as for readers: it is replaced.
  const before = stored ? (jsonOf(text(stored, 'value_json')) ?? null) : null;
  if (toPythonJson(before) !== toPythonJson(ifBefore)) return false;
  yield sql(
    `INSERT INTO study_user_attributes (study_id, "key", value_json) VALUES (?, ?, ?)
      ON CONFLICT (study_id, "key") DO UPDATE SET value_json = excluded.value_json`,
    studyId,
    name,
    toPythonJson(value),
  );
  return true;
}

export function* renameStudy(studyId: number, name: string): Operation<void> {
  checkStudyName(name);
  const [taken] = yield sql('SELECT study_id FROM studies WHERE study_name = ?', name);
  if (taken && num(taken, 'study_id') !== studyId) throw studyExists(name);
  const [renamed] = yield sql(
    'UPDATE studies SET study_name = ? WHERE study_id = ? RETURNING study_id',
    name,
    studyId,
  );
  if (!renamed) throw noStudy(studyId);
}

/** Times are text in the clock of the program that wrote them: the newest of each clock is decoded, then compared. */
export function* lastActivity(): Operation<ReadonlyMap<number, number>> {
  const groups = yield sql(
    `SELECT study_id, own_id, ahead_min, refused_json, (SELECT v.library_version FROM version_info v) AS library_version,
        MAX(started) AS started, MAX(ended) AS ended
      FROM (SELECT t.study_id, t.datetime_start AS started, t.datetime_complete AS ended, k.ahead_min,
          CASE WHEN h.trial_id IS NULL THEN NULL ELSE 1 END AS own_id,
          CASE WHEN h.trial_id IS NULL THEN (SELECT 'refused' FROM trial_user_attributes a
            WHERE a.trial_id = t.trial_id AND a."key" = '${REFUSED}') END AS refused_json
        FROM trials t LEFT JOIN hpo_trials h ON h.trial_id = t.trial_id
        LEFT JOIN hpo_clocks k ON k.trial_id = t.trial_id) AS times
      GROUP BY study_id, own_id, ahead_min, refused_json`,
  );
  const newest = new Map<number, number>();
  for (const row of groups) {
    const clock = clockOf(row);
    const id = num(row, 'study_id');
    for (const column of ['started', 'ended']) {
      const atMs = decodeTime(textOrNull(row, column), clock);
      if (atMs !== null) newest.set(id, Math.max(atMs, newest.get(id) ?? atMs));
    }
  }
  return newest;
}

/** Undefined for what is no JSON: another program may have written anything. */
function jsonOf(stored: string): JsonValue | undefined {
  try {
    return fromPythonJson(stored);
  } catch {
    return undefined;
  }
}
