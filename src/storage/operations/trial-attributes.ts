import type { Attrs, JsonValue } from '../../core/trial.js';
import { fromPythonJson, toPythonJson } from '../python-json.js';
import { num, type Operation, sql, text } from '../statement.js';
import { lockStudy } from './locks.js';

/** How names of hpo's own attributes begin. */
const OWN = 'hpo:';

export function* readTrialAttributes(
  studyId: number,
  fromNumber: number,
  limit: number,
): Operation<ReadonlyMap<number, Attrs>> {
  const rows = yield sql(
    `SELECT t.number, a."key", a.value_json FROM trials t
      JOIN trial_user_attributes a ON a.trial_id = t.trial_id
      WHERE t.study_id = ? AND t.number >= ? AND t.number < ? ORDER BY t.number, a."key"`,
    studyId,
    fromNumber,
    fromNumber + limit,
  );
  const found = new Map<number, Record<string, JsonValue>>();
  for (const row of rows) {
    const name = text(row, 'key');
    const value = name.startsWith(OWN) ? undefined : jsonOf(text(row, 'value_json'));
    if (value === undefined) continue;
    const number = num(row, 'number');
    found.set(number, { ...found.get(number), [name]: value });
  }
  return found;
}

export function* writeTrialAttributes(studyId: number, number: number, attrs: Attrs): Operation<boolean> {
  yield lockStudy('study', studyId);
  const [trial] = yield sql('SELECT trial_id FROM trials WHERE study_id = ? AND number = ?', studyId, number);
  if (!trial) return false;
  const trialId = num(trial, 'trial_id');
  for (const [name, value] of Object.entries(attrs)) {
    yield sql('DELETE FROM trial_user_attributes WHERE trial_id = ? AND "key" = ?', trialId, name);
    if (value === null) continue;
    yield sql(
      'INSERT INTO trial_user_attributes (trial_id, "key", value_json) VALUES (?, ?, ?)',
      trialId,
      name,
      toPythonJson(value),
    );
  }
  return true;
}

/** Undefined for what is no JSON: another program may have written anything. */
function jsonOf(stored: string): JsonValue | undefined {
  try {
    return fromPythonJson(stored);
  } catch {
    return undefined;
  }
}
