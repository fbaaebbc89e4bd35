import { livenessBySight } from '../../liveness/liveness.js';
import type { Storage } from '../storage.js';
import { inMemory, isClosed } from '../validation.js';
import * as asking from './asking.js';
import * as attributes from './attributes.js';
import { changedTrials, completeValues, results, stampsBefore } from './changed-trials.js';
import { annotate, readControl, writeControl } from './control.js';
import * as enqueueing from './enqueueing.js';
import * as importing from './importing.js';
import * as limits from './limits.js';
import * as objectives from './objectives.js';
import { parameterSummary } from './parameter-summary.js';
import * as reading from './reading.js';
import { restart } from './reclaiming.js';
import * as reporting from './reporting.js';
import * as table from './rows.js';
import * as studies from './studies.js';
import { Tables } from './tables.js';
import { readTrialAttributes, writeTrialAttributes } from './trial-attributes.js';

/**
 * Studies in plain objects, gone with the process. An operation runs to its end when it is called, or throws before it
 * has changed anything. That makes it a transaction, since nobody else writes.
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
    place: { kind: 'memory' },
    liveness: livenessBySight(),
    leases: null,
    workers: async () => [],
    createStudy: (study) => write((t) => studies.createStudy(t, study)),
    updateStudy: (studyId, spec, change) => write((t) => objectives.updateStudy(t, studyId, spec, change)),
    writeControl: (studyId, control, ifRevision) =>
      write((t) => writeControl(t, studyId, control, ifRevision)),
    deleteStudy: (studyId) => write((t) => studies.deleteStudy(t, studyId)),
    separateCopy: (studyId, uid, ended) => write((t) => studies.separateCopy(t, studyId, uid, ended)),
    reserveIndex: (studyId, owner) => write((t) => asking.reserveIndex(t, studyId, owner)),
    releaseIndices: (studyId, which) => write((t) => asking.releaseIndices(t, studyId, which)),
    owners: (studyId) => read((t) => reading.owners(t, studyId)),
    pending: (studyId) => read((t) => reading.pending(t, studyId)),
    count: (studyId, what, repeats) => read((t) => limits.count(t, studyId, what, repeats)),

    readAttributes: (studyId) => read((t) => attributes.readAttributes(t, studyId)),
    writeAttribute: (studyId, name, value, ifBefore) =>
      write((t) => attributes.writeAttribute(t, studyId, name, { value, ifBefore })),
    readTrialAttributes: (studyId, fromNumber, limit) =>
      read((t) => readTrialAttributes(t, studyId, fromNumber, limit)),
    writeTrialAttributes: (studyId, number, attrs) =>
      write((t) => writeTrialAttributes(t, studyId, number, attrs)),
    renameStudy: (studyId, name) => write((t) => attributes.renameStudy(t, studyId, name)),
    lastActivity: () => read((t) => attributes.lastActivity(t)),

    commitConfiguration: (source, filled, trial) =>
      write((t) => asking.commitConfiguration(t, source, filled, trial)),
    commitAndReserve: (reservation, filled, trial, on) =>
      write((t) => asking.commitAndReserve(t, reservation, filled, trial, on)),
    commitBatch: (batch) => write((t) => asking.commitBatch(t, batch)),
    addRepeat: (configId, trial) => write((t) => asking.addRepeat(t, configId, trial)),
    enqueue: (studyId, points) => write((t) => enqueueing.enqueue(t, studyId, points)),
    claimEnqueued: (trialId, filled, trial) =>
      write((t) => enqueueing.claimEnqueued(t, trialId, filled, trial)),
    rejectEnqueued: (trialId, reason, finishedAtMs) =>
      write((t) => enqueueing.rejectEnqueued(t, trialId, reason, finishedAtMs)),
    importFinished: (studyId, finished) => write((t) => importing.importFinished(t, studyId, finished)),
    reopen: (trialId, keepSteps) => write((t) => reporting.reopen(t, trialId, keepSteps)),
    annotate: (studyId, number, change) => write((t) => annotate(t, studyId, number, change)),
    unfinished: (studyId, state) => read((t) => reading.unfinished(t, studyId, state)),

    restart: (trialId, opening) => write((t) => restart(t, trialId, opening)),
    takeOverAttempt: (attemptId, from, to) => write((t) => reporting.takeOverAttempt(t, attemptId, from, to)),
    suggest: (trialId, attemptId, suggested) =>
      write((t) => reporting.suggest(t, trialId, attemptId, suggested)),
    report: (trialId, attemptId, points) => write((t) => reporting.report(t, trialId, attemptId, points)),
    recordGpuUsage: (trialId, attemptId, sample) =>
      write((t) => reporting.recordGpuUsage(t, trialId, attemptId, sample)),
    finish: (trialId, attemptId, ending) => write((t) => reporting.finish(t, trialId, attemptId, ending)),
    requeue: (attemptId, ended) => write((t) => reporting.requeue(t, attemptId, ended)),
    requestStop: (attemptId, wanted) => write((t) => reporting.requestStop(t, attemptId, wanted)),
    attempts: (of) => read((t) => reading.attempts(t, of)),

    findStudy: (name) => read((t) => studies.findStudy(t, name)),
    listStudies: () => read((t) => studies.listStudies(t)),
    onChange: () => () => {},
    changeToken: async () => String(changes),
    readControl: (studyId) => read((t) => readControl(t, studyId)),
    changedTrials: (studyId, since, limit) => read((t) => changedTrials(t, studyId, since, limit)),
    stampsBefore: (studyId, mark) => read((t) => stampsBefore(t, studyId, mark)),
    results: (studyId, ids) => read((t) => results(t, studyId, ids)),
    completeValues: (studyId) => read((t) => completeValues(t, studyId)),
    metricsOf: (studyId, ids) => read((t) => table.metricsOf(t, studyId, ids)),
    changes: (studyId, since) => read((t) => reading.changes(t, studyId, since)),
    rows: (studyId, fromNumber, limit) => read((t) => table.rows(t, studyId, fromNumber, limit)),
    columns: (studyId) => read((t) => table.columns(t, studyId)),
    metrics: (studyId, number) => read((t) => table.metrics(t, studyId, number)),
    metricsFrom: (studyId, fromNumber, limit) =>
      read((t) => table.metricsFrom(t, studyId, fromNumber, limit)),
    parameterSummary: (studyId) => read((t) => parameterSummary(t, studyId)),
    missingRepeats: (studyId, repeats) => read((t) => limits.missingRepeats(t, studyId, repeats)),

    fileState: async () => 'in-place',
    rescue: async () => null,
    readStudyRows: async () => Promise.reject(inMemory()),
    writeStudyRows: async () => Promise.reject(inMemory()),
    close: async () => {
      closed = true;
      tables = new Tables();
    },
  };
}
