import type { Operation } from '../statement.js';
import type {
  AskingStore,
  AttemptStore,
  ChangeFeed,
  DatabaseFile,
  StudyAttributes,
  StudyReader,
  StudyStore,
  TrialStore,
} from '../storage.js';
import { annotate } from './annotating.js';
import * as asking from './asking.js';
import * as attributes from './attributes.js';
import { changedTrials, stampsBefore } from './changed-trials.js';
import { changes } from './changes.js';
import * as control from './control.js';
import * as copying from './copying.js';
import * as enqueueing from './enqueueing.js';
import { recordGpuUsage } from './gpu-use.js';
import * as identity from './identity.js';
import * as importing from './importing.js';
import * as limits from './limits.js';
import * as objectives from './objectives.js';
import { parameterSummary } from './parameter-summary.js';
import * as reading from './reading.js';
import * as records from './records.js';
import { missingRepeats } from './repeats.js';
import * as reporting from './reporting.js';
import { completeValues, metricsOf, results } from './results.js';
import * as table from './rows.js';
import * as studies from './studies.js';
import { suggest } from './suggesting.js';
import { readTrialAttributes, writeTrialAttributes } from './trial-attributes.js';
import * as trials from './trials.js';

/** Runs one operation in one transaction, and starts it again when the database was busy. */
export type Run = <T>(start: () => Operation<T>) => Promise<T>;

/** The contracts without what each database has its own way for. */
export type Operations = StudyStore &
  StudyAttributes &
  TrialStore &
  AskingStore &
  AttemptStore &
  StudyReader &
  Omit<ChangeFeed, 'changeToken' | 'onChange'> &
  Pick<DatabaseFile, 'readStudyRows' | 'writeStudyRows'>;

/** Every operation of the contracts, over any database that can run them. */
export function bindOperations(read: Run, write: Run): Operations {
  return {
    createStudy: (study) => write(() => studies.createStudy(study)),
    updateStudy: (studyId, spec, change) => write(() => objectives.updateStudy(studyId, spec, change)),
    writeControl: (studyId, json, ifRevision) => write(() => control.writeControl(studyId, json, ifRevision)),
    deleteStudy: (studyId) => write(() => studies.deleteStudy(studyId)),
    separateCopy: (studyId, uid, ended) => write(() => identity.separateCopy(studyId, uid, ended)),
    reserveIndex: (studyId, owner) => write(() => asking.reserveIndex(studyId, owner)),
    releaseIndices: (studyId, which) => write(() => asking.releaseIndices(studyId, which)),
    owners: (studyId) => read(() => reading.owners(studyId)),
    pending: (studyId) => read(() => reading.pending(studyId)),
    count: (studyId, what, repeats) => read(() => limits.count(studyId, what, repeats)),

    readAttributes: (studyId) => read(() => attributes.readAttributes(studyId)),
    writeAttribute: (studyId, name, value, ifBefore) =>
      write(() => attributes.writeAttribute(studyId, name, value, ifBefore)),
    readTrialAttributes: (studyId, fromNumber, limit) =>
      read(() => readTrialAttributes(studyId, fromNumber, limit)),
    writeTrialAttributes: (studyId, number, attrs) =>
      write(() => writeTrialAttributes(studyId, number, attrs)),
    annotate: (studyId, number, change) => write(() => annotate(studyId, number, change)),
    renameStudy: (studyId, name) => write(() => attributes.renameStudy(studyId, name)),
    lastActivity: () => read(() => attributes.lastActivity()),

    commitConfiguration: (source, filled, trial) =>
      write(() => asking.commitConfiguration(source, filled, trial)),
    commitAndReserve: (reservation, filled, trial, on) =>
      write(() => asking.commitAndReserve(reservation, filled, trial, on)),
    commitBatch: (batch) => write(() => asking.commitBatch(batch)),
    addRepeat: (configId, trial) => write(() => asking.addRepeat(configId, trial)),
    enqueue: (studyId, points) => write(() => enqueueing.enqueue(studyId, points)),
    claimEnqueued: (trialId, filled, trial) => write(() => enqueueing.claimEnqueued(trialId, filled, trial)),
    rejectEnqueued: (trialId, reason, finishedAtMs) =>
      write(() => enqueueing.rejectEnqueued(trialId, reason, finishedAtMs)),
    importFinished: (studyId, finished) => write(() => importing.importFinished(studyId, finished)),
    reopen: (trialId, keepSteps) => write(() => reporting.reopen(trialId, keepSteps)),
    unfinished: (studyId, state) => read(() => reading.unfinished(studyId, state)),

    restart: (trialId, restart) => write(() => trials.restart(trialId, restart)),
    takeOverAttempt: (attemptId, from, to) => write(() => reporting.takeOverAttempt(attemptId, from, to)),
    suggest: (trialId, attemptId, suggested) => write(() => suggest(trialId, attemptId, suggested)),
    report: (trialId, attemptId, points) => write(() => reporting.report(trialId, attemptId, points)),
    recordGpuUsage: (trialId, attemptId, sample) => write(() => recordGpuUsage(trialId, attemptId, sample)),
    finish: (trialId, attemptId, ending) => write(() => reporting.finish(trialId, attemptId, ending)),
    requeue: (attemptId, ended) => write(() => reporting.requeue(attemptId, ended)),
    requestStop: (attemptId, wanted) => write(() => reporting.requestStop(attemptId, wanted)),
    attempts: (of) => read(() => records.attempts(of)),

    findStudy: (name) => read(() => studies.findStudy(name)),
    listStudies: () => read(() => studies.listStudies()),
    readControl: (studyId) => read(() => control.readControl(studyId)),
    changedTrials: (studyId, since, limit) => read(() => changedTrials(studyId, since, limit)),
    stampsBefore: (studyId, mark) => read(() => stampsBefore(studyId, mark)),
    results: (studyId, ids) => read(() => results(studyId, ids)),
    completeValues: (studyId) => read(() => completeValues(studyId)),
    metricsOf: (studyId, ids) => read(() => metricsOf(studyId, ids)),
    changes: (studyId, since) => read(() => changes(studyId, since)),
    rows: (studyId, fromNumber, limit) => read(() => table.rows(studyId, fromNumber, limit)),
    columns: (studyId) => read(() => table.columns(studyId)),
    metrics: (studyId, number) => read(() => table.metrics(studyId, number)),
    metricsFrom: (studyId, fromNumber, limit) => read(() => table.metricsFrom(studyId, fromNumber, limit)),
    parameterSummary: (studyId) => read(() => parameterSummary(studyId)),
    readStudyRows: (studyId) => read(() => copying.readStudyRows(studyId)),
    writeStudyRows: (name, rows, separation) => write(() => copying.writeStudyRows(name, rows, separation)),
    missingRepeats: (studyId, repeats) => read(() => missingRepeats(studyId, repeats)),
  };
}
