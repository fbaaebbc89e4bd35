import type { JsonValue, TrialState } from '../../core/trial.js';
import { fromPythonJson, toPythonJson } from '../python-json.js';
import type {
  EndedAttempt,
  NewStudy,
  Separated,
  StudyChange,
  StudyRecord,
  StudySummary,
} from '../storage.js';
import { newUid } from '../uid.js';
import { checkNewStudy, studyExists } from '../validation.js';
import { enqueue } from './enqueueing.js';
import { changeChoices } from './parameter-summary.js';
import { forgetReports, requeue } from './reporting.js';
import type { Study, Tables } from './tables.js';

export function createStudy(tables: Tables, study: NewStudy): StudyRecord {
  const { name, directions, seed, spec, createdAtMs, enqueued = [] } = study;
  checkNewStudy(study);
  if (tables.studyCalled(name)) throw studyExists(name);
  const specJson = toPythonJson(spec);
  const id = tables.newId('study');
  const uid = newUid();
  tables.studies.set(id, {
    id,
    name,
    uid,
    directions: [...directions],
    seed,
    specJson,
    createdAtMs,
    reservations: new Map(),
    nextIndex: 0,
    configs: [],
    keys: new Set(),
    trials: [],
    unfinished: new Set(),
    metricNames: new Set(),
    control: { revision: 0, json: 'null' },
    attributes: new Map(),
    seen: new Map(),
    noted: null,
    choices: new Map(),
    log: [],
    unconfigured: 0,
  });
  enqueue(tables, id, enqueued);
  return { id, name, uid, directions: [...directions], seed, spec, createdAtMs };
}

export function findStudy(tables: Tables, name: string): StudyRecord | null {
  const study = tables.studyCalled(name);
  return study ? toRecord(study) : null;
}

export function listStudies(tables: Tables): readonly StudySummary[] {
  return [...tables.studies.values()].map((study) => {
    const counts: Record<TrialState, number> = { waiting: 0, running: 0, complete: 0, pruned: 0, fail: 0 };
    for (const { state } of study.trials) counts[state] += 1;
    const pausedTrials = study.trials.filter(({ pausedAt }) => pausedAt !== null).length;
    return { ...toRecord(study), counts, pausedTrials, configurations: study.configs.length, broken: null };
  });
}

function toRecord({ id, name, uid, directions, seed, specJson, createdAtMs }: Study): StudyRecord {
  return { id, name, uid, directions: [...directions], seed, spec: fromPythonJson(specJson), createdAtMs };
}

/** The seed stays: every study in memory has one, since no other program can make one here. */
export function replaceSpec(
  tables: Tables,
  study: Study,
  spec: JsonValue,
  { directions = [], enqueued = [], choices = {} }: StudyChange,
): void {
  study.specJson = toPythonJson(spec);
  study.directions = study.directions.map((direction, objective) => directions[objective] ?? direction);
  changeChoices(study, choices);
  enqueue(tables, study.id, enqueued);
}

export function separateCopy(
  tables: Tables,
  studyId: number,
  uid: string,
  ended: EndedAttempt,
): Separated | null {
  const study = tables.studies.get(studyId);
  if (study?.uid !== uid) return null;
  study.uid = newUid();
  const running = [...study.unfinished].flatMap(({ attempt }) =>
    attempt && attempt.finishedAtMs === null && attempt.handle !== '' ? [attempt.id] : [],
  );
  const requeued = running.filter((id) => requeue(tables, id, ended)).length;
  // Their checkpoints belong to the original too.
  const paused = [...study.unfinished].filter(({ pausedAt }) => pausedAt !== null);
  for (const trial of paused) {
    trial.pausedAt = null;
    forgetReports(trial);
    tables.noteChange(trial);
  }
  return { uid: study.uid, requeued: requeued + paused.length };
}

export function deleteStudy(tables: Tables, studyId: number): void {
  const study = tables.studies.get(studyId);
  if (!study) return;
  tables.studies.delete(studyId);
  for (const id of study.reservations.keys()) tables.reservations.delete(id);
  for (const { record } of study.configs) tables.configs.delete(record.id);
  for (const [id, { trialId }] of tables.attempts)
    if (tables.trials.get(trialId)?.study === study) tables.attempts.delete(id);
  for (const { id } of study.trials) tables.trials.delete(id);
}
