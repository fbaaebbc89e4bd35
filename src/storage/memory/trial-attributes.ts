import type { Attrs } from '../../core/trial.js';
import { fromPythonJson, toPythonJson } from '../python-json.js';
import type { Tables } from './tables.js';

export function readTrialAttributes(
  tables: Tables,
  studyId: number,
  fromNumber: number,
  limit: number,
): ReadonlyMap<number, Attrs> {
  const trials = tables.studies.get(studyId)?.trials.slice(fromNumber, fromNumber + limit) ?? [];
  const found = trials.flatMap(({ attrs }, k): [number, Attrs][] =>
    attrs.size === 0 ? [] : [[fromNumber + k, toAttrs(attrs)]],
  );
  return new Map(found);
}

export function writeTrialAttributes(tables: Tables, studyId: number, number: number, attrs: Attrs): boolean {
  const trial = tables.studies.get(studyId)?.trials[number];
  if (!trial) return false;
  const all = new Map(trial.attrs);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === null) all.delete(name);
    else all.set(name, toPythonJson(value));
  }
  trial.attrs = all;
  tables.noteChange(trial);
  return true;
}

function toAttrs(stored: ReadonlyMap<string, string>): Attrs {
  const sorted = [...stored].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, json]) => [name, fromPythonJson(json)]));
}
