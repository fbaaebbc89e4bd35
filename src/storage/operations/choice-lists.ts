import { type ParamValue, toStored } from '../../core/distribution.js';
import {
  type ChoiceList,
  isPrefix,
  merged,
  type NewChoices,
  readChoices,
  withChoices,
} from '../choice-lists.js';
import { encodeDistribution } from '../distributions.js';
import { type Operation, sql, text } from '../statement.js';
import type { FilledConfig, Suggested } from '../storage.js';
import { storedParams } from '../validation.js';
import type { StoredParam } from './trials.js';

/** Lists that have changed, each as all trials of its study have it. */
const CHANGED = 'SELECT param_name, distribution_json FROM hpo_choices';
const ROWS_OF = `param_name = ? AND distribution_json = ?
  AND trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)`;

/**
 * Gives parameters new lists of choices. Their values of earlier trials stay: each list is extended by what is new, and written to
 * every trial. From now on it is the list of all trials of the study, also of those that a process opens which knows an older one.
 */
export function* changeChoices(studyId: number, lists: NewChoices): Operation<void> {
  for (const [name, choices] of Object.entries(lists)) {
    const [row] = yield sql(`${CHANGED} WHERE study_id = ? AND param_name = ?`, studyId, name);
    yield* extend(
      studyId,
      { name, known: row ? readChoices(text(row, 'distribution_json')) : null },
      choices,
    );
  }
}

type Known = { readonly name: string; readonly known: ChoiceList | null };

function* extend(
  studyId: number,
  { name, known }: Known,
  choices: readonly ParamValue[],
): Operation<ChoiceList> {
  const rows = yield sql(
    `SELECT p.distribution_json FROM trials t JOIN trial_params p ON p.trial_id = t.trial_id
      WHERE t.study_id = ? AND p.param_name = ? GROUP BY p.distribution_json ORDER BY MIN(p.param_id)`,
    studyId,
    name,
  );
  const stored = rows.flatMap((row) => readChoices(text(row, 'distribution_json')) ?? []);
  const list = withChoices(merged([...(known ? [known] : []), ...stored]), choices);
  yield sql(
    `INSERT INTO hpo_choices (study_id, param_name, distribution_json) VALUES (?, ?, ?)
      ON CONFLICT (study_id, param_name) DO UPDATE SET distribution_json = excluded.distribution_json`,
    studyId,
    name,
    list.json,
  );
  for (const before of stored) if (before.json !== list.json) yield* rewrite(studyId, name, before, list);
  return list;
}

/** Stored values are indices. */
function* rewrite(studyId: number, name: string, before: ChoiceList, list: ChoiceList): Operation<void> {
  const where = [name, before.json, studyId] as const;
  if (isPrefix(before.choices, list.choices)) {
    yield sql(`UPDATE trial_params SET distribution_json = ? WHERE ${ROWS_OF}`, list.json, ...where);
    return;
  }
  const cases = before.choices.map((choice, k) => `WHEN ${k} THEN ${list.choices.indexOf(choice)}`);
  yield sql(
    `UPDATE trial_params SET distribution_json = ?, param_value = CASE param_value ${cases.join(' ')} ELSE param_value END
      WHERE ${ROWS_OF}`,
    list.json,
    ...where,
  );
}

/** Returns the parameters of a configuration as they are stored in its study. */
export function* paramsToStore(studyId: number, filled: FilledConfig): Operation<StoredParam[]> {
  const params = storedParams(filled);
  const rows = yield sql(`${CHANGED} WHERE study_id = ?`, studyId);
  const changed = new Map(rows.map((row) => [text(row, 'param_name'), text(row, 'distribution_json')]));
  const stored: StoredParam[] = [];
  for (const param of params) stored.push(yield* toStore(studyId, param, changed.get(param.name)));
  return stored;
}

/** As `paramsToStore`, for a parameter that a trial names itself. */
export function* paramToStore(studyId: number, suggested: Suggested): Operation<StoredParam> {
  const { name, distribution, value } = suggested;
  const param = { name, distribution, stored: toStored(distribution, value) };
  const [row] = yield sql(`${CHANGED} WHERE study_id = ? AND param_name = ?`, studyId, name);
  return yield* toStore(studyId, param, row && text(row, 'distribution_json'));
}

/** `json`: the list of the study, where it has changed. */
function* toStore(
  studyId: number,
  { name, distribution, stored }: ReturnType<typeof storedParams>[number],
  json: string | undefined,
): Operation<StoredParam> {
  const known = json === undefined || distribution.kind !== 'categorical' ? null : readChoices(json);
  if (known === null || distribution.kind !== 'categorical')
    return { name, stored, json: encodeDistribution(distribution) };
  const value = distribution.choices[stored] as ParamValue;
  // A process that knows an older list than the study may still open trials.
  const list = known.choices.includes(value) ? known : yield* extend(studyId, { name, known }, [value]);
  return { name, stored: list.choices.indexOf(value), json: list.json };
}
