import { livenessBySight } from '../../liveness/liveness.js';
import type { Storage } from '../storage.js';
import { isClosed } from '../validation.js';
import * as asking from './asking.js';
import * as enqueueing from './enqueueing.js';
import * as adding from './importing.js';
import * as limits from './limits.js';
import * as objectives from './objectives.js';
import { survey } from './parameter-summary.js';
import * as reading from './reading.js';
import { reclaim } from './reclaiming.js';
import * as reporting from './reporting.js';
import * as table from './rows.js';
import * as studies from './studies.js';
import { Tables } from './tables.js';
import * as trials from './trials.js';

/**
 * Studies in plain objects, gone with the process. An operation runs whole when it is called, and it either throws
 * before it has changed anything or happens to its end: a transaction needs nothing more where nobody else writes.
 */
export function memoryStorage(url: string): Storage {
  let tables = new Tables();
  let closed = false;
  let changes = 0;

  const read = async <T>(operation: (tables: Tables) => T): Promise<T> => {
    if (closed) throw isClosed(url);
    return operation(tables);
  };
  const write = <T>(operation: (tables: Tables) => T): Promise<T> => {
    changes += 1;
    return read(operation);
  };

  return {
    url,
    liveness: livenessBySight(),
    createStudy: (study) => write((t) => studies.createStudy(t, study)),
    findStudy: (name) => read((t) => studies.findStudy(t, name)),
    listStudies: () => read((t) => studies.listStudies(t)),
    updateSpec: (studyId, spec, directions, enqueued, seed) =>
      write((t) => studies.updateSpec(t, studyId, spec, directions, enqueued, seed)),
    changeObjectives: (studyId, change) => write((t) => objectives.changeObjectives(t, studyId, change)),
    deleteStudy: (studyId) => write((t) => studies.deleteStudy(t, studyId)),
    studyUid: (studyId) => read((t) => t.studies.get(studyId)?.uid ?? null),
    separate: (studyId, uid, ended) => write((t) => studies.separate(t, studyId, uid, ended)),

    reserveIndex: (studyId, owner) => write((t) => asking.allotIndex(t, studyId, owner)),
    commitConfiguration: (id, filled, trial) => write((t) => asking.fillConfiguration(t, id, filled, trial)),
    commitPredicted: (studyId, expected, filled, trial) =>
      write((t) => asking.fillNext(t, studyId, expected, filled, trial)),
    releaseIndex: (configId) => write((t) => asking.releaseIndex(t, configId)),
    enqueue: (studyId, points) => write((t) => enqueueing.enqueue(t, studyId, points)),
    waiting: (studyId) => read((t) => enqueueing.waiting(t, studyId)),
    claim: (trialId, filled, trial) => write((t) => enqueueing.claim(t, trialId, filled, trial)),
    rejectEnqueued: (trialId, reason, finishedAtMs) =>
      write((t) => enqueueing.refuse(t, trialId, reason, finishedAtMs)),
    importFinished: (studyId, past) => write((t) => adding.addFinished(t, studyId, past)),
    addTrial: (configId, trial) => write((t) => asking.addTrial(t, configId, trial)),
    reclaim: (trialId, from, opening) => write((t) => reclaim(t, trialId, from, opening)),
    addAttempt: (trialId, attempt) => write((t) => trials.addAttempt(t, trialId, attempt)),

    suggest: (trialId, attemptId, suggested) =>
      write((t) => reporting.suggest(t, trialId, attemptId, suggested)),
    report: (trialId, attemptId, points) => write((t) => reporting.report(t, trialId, attemptId, points)),
    recordGpuUsage: (trialId, attemptId, sample) =>
      write((t) => reporting.noteGpuUse(t, trialId, attemptId, sample)),
    tell: (trialId, attemptId, ending) => write((t) => reporting.tell(t, trialId, attemptId, ending)),
    requeue: (attemptId, ended) => write((t) => reporting.requeue(t, attemptId, ended)),
    reopen: (trialId, keepSteps) => write((t) => reporting.reopen(t, trialId, keepSteps)),
    takeOverAttempt: (attemptId, from, to) => write((t) => reporting.adopt(t, attemptId, from, to)),
    requestStop: (attemptId) => write((t) => reporting.requestStop(t, attemptId, true)),
    withdrawStop: (attemptId) => write((t) => reporting.requestStop(t, attemptId, false)),
    attempt: (attemptId) => read((t) => t.attempts.get(attemptId) ?? null),
    attempts: (trialId) => read((t) => [...t.attempts.values()].filter((a) => a.trialId === trialId)),

    owners: (studyId) => read((t) => reading.owners(t, studyId)),
    reclaimIndices: (studyId, owners) => write((t) => asking.freeIndices(t, studyId, owners)),
    unfinished: (studyId) => read((t) => reading.unfinished(t, studyId)),
    countTrials: (studyId) => read((t) => t.studies.get(studyId)?.trials.length ?? 0),
    countCommitted: (studyId, repeats) => read((t) => limits.countCommitted(t, studyId, repeats)),
    countExternalTrials: (studyId) => read((t) => reading.countForeign(t, studyId)),
    countEpochs: (studyId) => read((t) => reading.countEpochs(t, studyId)),
    parameterSummary: (studyId) => read((t) => survey(t, studyId)),
    changes: (studyId, since) => read((t) => reading.changes(t, studyId, since)),
    fileState: async () => 'in-place',
    rescue: async () => null,
    changeToken: () => String(changes),
    rows: (studyId, fromNumber, limit) => read((t) => table.rows(t, studyId, fromNumber, limit)),
    row: (studyId, number) => read((t) => table.rows(t, studyId, number, 1)[0] ?? null),
    metricNames: (studyId) => read((t) => table.metricNames(t, studyId)),
    hasGpuUse: (studyId) => read((t) => table.hasGpuUse(t, studyId)),
    metrics: (studyId, number) => read((t) => table.metrics(t, studyId, number)),
    close: async () => {
      closed = true;
      tables = new Tables();
    },
  };
}
