import type { OwnedLiveness } from '../liveness/liveness.js';
import type { Driver } from './driver.js';
import * as asking from './operations/asking.js';
import * as enqueueing from './operations/enqueueing.js';
import { recordGpuUsage } from './operations/gpu-use.js';
import * as identity from './operations/identity.js';
import * as importing from './operations/importing.js';
import * as limits from './operations/limits.js';
import * as objectives from './operations/objectives.js';
import { parameterSummary } from './operations/parameter-summary.js';
import * as reading from './operations/reading.js';
import * as records from './operations/records.js';
import * as reporting from './operations/reporting.js';
import * as table from './operations/rows.js';
import * as studies from './operations/studies.js';
import { suggest } from './operations/suggesting.js';
import * as trials from './operations/trials.js';
import { openedFiles, stateOf, writeRescue } from './rescue.js';
import { type Mode, runOperation } from './runner.js';
import { num, type Operation } from './statement.js';
import type { Storage } from './storage.js';
import { isClosed } from './validation.js';

/**
 * The storage over one open connection to the file at `path`, whose schema is up to date. Operations happen in the order
 * they are called.
 * `tidy`: the file is ours to leave behind as a plain one.
 */
export function sqliteStorage(
  url: string,
  path: string,
  driver: Driver,
  tidy: boolean,
  liveness: OwnedLiveness,
): Storage {
  const files = openedFiles(path);
  let last: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | null = null;
  let changes = 0;

  const queue = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  const run = <T>(mode: Mode, start: () => Operation<T>): Promise<T> => {
    if (closing) return Promise.reject(isClosed(url));
    return queue(() => runOperation(driver, mode, start, url));
  };
  const read = <T>(start: () => Operation<T>) => run('read', start);
  const write = async <T>(start: () => Operation<T>): Promise<T> => {
    try {
      return await run('write', start);
    } finally {
      changes += 1;
    }
  };

  return {
    url,
    liveness,
    createStudy: (study) => write(() => studies.createStudy(study)),
    updateStudy: (studyId, spec, change) => write(() => objectives.updateStudy(studyId, spec, change)),
    deleteStudy: (studyId) => write(() => studies.deleteStudy(studyId)),
    separateCopy: (studyId, uid, ended) => write(() => identity.separateCopy(studyId, uid, ended)),
    reserveIndex: (studyId, owner) => write(() => asking.reserveIndex(studyId, owner)),
    releaseIndices: (studyId, which) => write(() => asking.releaseIndices(studyId, which)),
    owners: (studyId) => read(() => reading.owners(studyId)),
    count: (studyId, what, repeats) => read(() => limits.count(studyId, what, repeats)),

    commitConfiguration: (source, filled, trial) =>
      write(() => asking.commitConfiguration(source, filled, trial)),
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
    changeToken: async () => {
      const seen = dataVersion(driver);
      // Nobody knows while it is locked; an answer of its own makes the caller look.
      if (seen === null) changes += 1;
      return `${seen ?? 'locked'}.${changes}`;
    },
    changes: (studyId, since) => read(() => reading.changes(studyId, since)),
    rows: (studyId, fromNumber, limit) => read(() => table.rows(studyId, fromNumber, limit)),
    columns: (studyId) => read(() => table.columns(studyId)),
    metrics: (studyId, number) => read(() => table.metrics(studyId, number)),
    parameterSummary: (studyId) => read(() => parameterSummary(studyId)),

    fileState: async () => stateOf(files),
    rescue: () => queue(() => writeRescue(driver, files, url)),
    close: () => {
      // Beside the path lie the files of whoever has it now.
      const isOurs = () => stateOf(files) === 'in-place';
      closing ??= queue(async () => {
        const owners = liveness.isHeld ? await ownersIn(driver, url) : null;
        try {
          if (tidy && isOurs()) closeDriver(driver);
          else driver.close();
        } finally {
          liveness.close((owner) => owners?.has(owner) ?? true);
        }
      });
      return closing;
    },
  };
}

/** Changes when another connection has committed, not with our own commits. Null while another one holds the lock. */
function dataVersion(driver: Driver): number | null {
  try {
    const [row] = driver.all('PRAGMA data_version', []);
    return row ? num(row, 'data_version') : null;
  } catch (error) {
    if (driver.failure(error) === 'busy') return null;
    throw error;
  }
}

/** Owners that anything in the database refers to; null when it cannot be read. */
async function ownersIn(driver: Driver, url: string): Promise<ReadonlySet<string> | null> {
  try {
    return new Set(await runOperation(driver, 'read', reading.allOwners, url, 0));
  } catch {
    return null;
  }
}

/** Leaves a plain file behind, which programs without shared memory can read too (dashboards in a browser). */
function closeDriver(driver: Driver): void {
  try {
    driver.all('PRAGMA wal_checkpoint(TRUNCATE)', []);
    driver.all('PRAGMA journal_mode = DELETE', []);
  } catch (error) {
    // Others have the file open (the last of them does it), or the disk is full: a file that cannot be tidied is
    // still whole, and what went wrong before is what people need to hear of.
    if (driver.failure(error) === null) throw error;
  } finally {
    driver.close();
  }
}
