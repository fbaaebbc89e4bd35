import type { JsonValue } from '../../core/trial.js';
import { NOTE_LENGTH, splitNote, toTags } from '../annotation.js';
import { byTrial } from '../codec.js';
import { fromPythonJson, toPythonJson } from '../python-json.js';
import { num, type Operation, type Row, sql, text } from '../statement.js';
import type { Annotation, AnnotationChange } from '../storage.js';
import { lockStudy } from './locks.js';
import type { Selection } from './reading.js';

// A note on a trial lies where optuna-dashboard keeps its own: in parts, among the system attributes of the study, with a
// version that the dashboard counts up. Tags are a user attribute of the trial,
// and so is the mark of a hidden one.

const TAGS = 'hpo:tags';
export const HIDDEN = 'hpo:hidden';
const versionKey = (trialId: number) => `dashboard:${trialId}:note_ver`;
const partKey = (trialId: number, part: number | string) => `dashboard:${trialId}:note_str:${part}`;

export function* annotate(
  studyId: number,
  number: number,
  { note, addTags, removeTags, hidden }: AnnotationChange,
): Operation<Annotation | null> {
  yield lockStudy('study', studyId);
  const [trial] = yield sql('SELECT trial_id FROM trials WHERE study_id = ? AND number = ?', studyId, number);
  if (!trial) return null;
  const trialId = num(trial, 'trial_id');
  const selection = { where: 't.trial_id = ?', args: [trialId] };
  if (note !== null) yield* writeNote(studyId, trialId, note);
  const before = (yield* readTags(selection)).get(trialId) ?? [];
  const tags = [...new Set([...before, ...addTags])].filter((tag) => !removeTags.includes(tag));
  if (addTags.length > 0 || removeTags.length > 0)
    yield* writeAttribute(trialId, TAGS, tags.length === 0 ? null : tags);
  if (hidden !== null) yield* writeAttribute(trialId, HIDDEN, hidden || null);
  const [marked] = yield sql(
    `SELECT value_json FROM trial_user_attributes WHERE trial_id = ? AND "key" = '${HIDDEN}'`,
    trialId,
  );
  return {
    note: (yield* readNotes(studyId, selection)).get(trialId) ?? null,
    tags,
    hidden: marked !== undefined && isHidden(text(marked, 'value_json')),
  };
}

function* writeNote(studyId: number, trialId: number, note: string): Operation<void> {
  const [before] = yield sql(
    'SELECT value_json FROM study_system_attributes WHERE study_id = ? AND "key" = ?',
    studyId,
    versionKey(trialId),
  );
  const version = before ? Number(jsonOf(before)) : 0;
  yield sql(
    'DELETE FROM study_system_attributes WHERE study_id = ? AND "key" LIKE ?',
    studyId,
    partKey(trialId, '%'),
  );
  const attributes: [string, string | number][] = [
    [versionKey(trialId), Number.isSafeInteger(version) ? version + 1 : 1],
    ...splitNote(note, NOTE_LENGTH).map((part, k): [string, string] => [partKey(trialId, k), part]),
  ];
  for (const [key, value] of attributes) {
    yield sql(
      `INSERT INTO study_system_attributes (study_id, "key", value_json) VALUES (?, ?, ?)
        ON CONFLICT (study_id, "key") DO UPDATE SET value_json = excluded.value_json`,
      studyId,
      key,
      toPythonJson(value),
    );
  }
}

/** Replaces a user attribute of a trial; null removes it. */
function* writeAttribute(trialId: number, key: string, value: JsonValue): Operation<void> {
  yield sql('DELETE FROM trial_user_attributes WHERE trial_id = ? AND "key" = ?', trialId, key);
  if (value === null) return;
  yield sql(
    'INSERT INTO trial_user_attributes (trial_id, "key", value_json) VALUES (?, ?, ?)',
    trialId,
    key,
    toPythonJson(value),
  );
}

/** Whether the stored value of HIDDEN hides a trial. */
export function isHidden(stored: string | null): boolean {
  return stored === 'true';
}

/** The notes of the selected trials, by trial id; trials without one are left out. */
export function* readNotes(
  studyId: number,
  { where, args }: Selection,
): Operation<ReadonlyMap<number, string>> {
  const parts = yield sql(
    `SELECT s."key", s.value_json FROM study_system_attributes s
      WHERE s.study_id = ? AND s."key" LIKE 'dashboard:%:note_str:%'`,
    studyId,
  );
  // Most studies have no note: then nothing more is asked.
  if (parts.length === 0) return new Map();
  const wanted = new Set((yield sql(`SELECT t.trial_id FROM trials t WHERE ${where}`, ...args)).map(toId));
  const byNumber = new Map<number, [part: number, body: string][]>();
  for (const row of parts) {
    const [, trial, part] = /^dashboard:(\d+):note_str:(\d+)$/.exec(text(row, 'key')) ?? [];
    const body = jsonOf(row);
    if (trial === undefined || typeof body !== 'string' || !wanted.has(Number(trial))) continue;
    const known = byNumber.get(Number(trial)) ?? [];
    byNumber.set(Number(trial), [...known, [Number(part), body]]);
  }
  const notes = [...byNumber].map(([trial, found]): [number, string] => [
    trial,
    found
      .sort(([a], [b]) => a - b)
      .map(([, body]) => body)
      .join(''),
  ]);
  return new Map(notes.filter(([, note]) => note !== ''));
}

/** The tags of the selected trials, by trial id; trials without one are left out. */
export function* readTags({ where, args }: Selection): Operation<ReadonlyMap<number, readonly string[]>> {
  const found = byTrial(
    yield sql(
      `SELECT a.trial_id, a.value_json FROM trials t
        JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a."key" = '${TAGS}' WHERE ${where}`,
      ...args,
    ),
    (row) => toTags(jsonOf(row)),
  );
  return new Map([...found].map(([trial, [tags]]) => [trial, tags ?? []]));
}

/** Whether any trial of the study has a note or a tag. */
export function* hasAnnotations(studyId: number): Operation<boolean> {
  const [row] = yield sql(
    `SELECT EXISTS (SELECT 1 FROM study_system_attributes s
        WHERE s.study_id = ? AND s."key" LIKE 'dashboard:%:note_str:%' AND s.value_json <> '""')
      OR EXISTS (SELECT 1 FROM trial_user_attributes a JOIN trials t
        ON t.trial_id = +a.trial_id WHERE a."key" = '${TAGS}' AND t.study_id = ?) AS found`,
    studyId,
    studyId,
  );
  return row !== undefined && num(row, 'found') !== 0;
}

const toId = (row: Row) => num(row, 'trial_id');

/** Null for what is no JSON: another program may have written anything. */
function jsonOf(row: Row): unknown {
  try {
    return fromPythonJson(text(row, 'value_json'));
  } catch {
    return null;
  }
}
