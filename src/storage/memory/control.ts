import type { JsonValue } from '../../core/trial.js';
import { fromPythonJson, toPythonJson } from '../python-json.js';
import type { Annotation, AnnotationChange, StoredControl } from '../storage.js';
import { studyOf, type Tables } from './tables.js';

export function readControl(tables: Tables, studyId: number): StoredControl {
  const study = tables.studies.get(studyId);
  if (!study) return { revision: 0, control: null, stopRequests: [] };
  const asked = [...study.unfinished].flatMap(({ attempt }) =>
    attempt?.finishedAtMs === null && attempt.stopRequested ? [attempt.id] : [],
  );
  return {
    revision: study.control.revision,
    control: fromPythonJson(study.control.json),
    stopRequests: asked.sort((a, b) => a - b),
  };
}

export function writeControl(
  tables: Tables,
  studyId: number,
  control: JsonValue,
  ifRevision: number,
): boolean {
  const study = studyOf(tables, studyId);
  if (study.control.revision !== ifRevision) return false;
  study.control = { revision: ifRevision + 1, json: toPythonJson(control) };
  return true;
}

export function annotate(
  tables: Tables,
  studyId: number,
  number: number,
  { note, addTags, removeTags, hidden }: AnnotationChange,
): Annotation | null {
  const trial = tables.studies.get(studyId)?.trials[number];
  if (!trial) return null;
  if (note !== null) trial.note = note === '' ? null : note;
  trial.tags = [...new Set([...trial.tags, ...addTags])].filter((tag) => !removeTags.includes(tag));
  if (hidden !== null) trial.hidden = hidden;
  tables.noteChange(trial);
  return { note: trial.note, tags: trial.tags, hidden: trial.hidden };
}
