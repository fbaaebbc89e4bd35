import type { JsonValue } from '../../core/trial.js';
import { fromPythonJson, toPythonJson } from '../python-json.js';
import { checkStudyName, studyExists } from '../validation.js';
import { studyOf, type Tables } from './tables.js';

export function readAttributes(tables: Tables, studyId: number): Readonly<Record<string, JsonValue>> {
  const stored = [...(tables.studies.get(studyId)?.attributes ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(stored.map(([name, json]) => [name, fromPythonJson(json)]));
}

export function writeAttribute(
  tables: Tables,
  studyId: number,
  name: string,
  { value, ifBefore }: { readonly value: JsonValue; readonly ifBefore: JsonValue },
): boolean {
  const { attributes } = studyOf(tables, studyId);
  if ((attributes.get(name) ?? 'null') !== toPythonJson(ifBefore)) return false;
  attributes.set(name, toPythonJson(value));
  return true;
}

export function renameStudy(tables: Tables, studyId: number, name: string): void {
  checkStudyName(name);
  const taken = tables.studyCalled(name);
  if (taken && taken.id !== studyId) throw studyExists(name);
  studyOf(tables, studyId).name = name;
}

export function lastActivity(tables: Tables): ReadonlyMap<number, number> {
  const newest = new Map<number, number>();
  for (const { id, trials } of tables.studies.values()) {
    for (const { startedAtMs, finishedAtMs } of trials) {
      for (const atMs of [startedAtMs, finishedAtMs])
        if (atMs !== null) newest.set(id, Math.max(atMs, newest.get(id) ?? atMs));
    }
  }
  return newest;
}
