import { messageOf, usageError } from '../core/errors.js';
import type { AttemptControl, AttemptRef } from '../executors/executor.js';
import { reportsIn } from '../executors/log-reports.js';
import { controlOf } from '../executors/registry.js';
import { describeIdentity } from '../liveness/identity.js';
import type { AttemptRecord, Storage, StudyRecord, TrialRecord } from '../storage/storage.js';
import { mayResume } from '../study/reopen-failed.js';
import { storedSpec } from '../study/stored-spec.js';
import { attemptsHere } from './attempts-here.js';
import { warn } from './output.js';
import { idleCheckpoints } from './run-control.js';
import { refOf } from './stop-trial.js';

/**
 * Queues a trial again whose end nobody can see from here, because a person says that it has ended. What it printed is stored before:
 * its next attempt may resume after that.
 * @throws HpoError (usage) trial.running when it, or the hpo that runs it, is seen to live.
 */
export async function assumeEnded(
  storage: Storage,
  study: StudyRecord,
  trial: TrialRecord,
  attempt: AttemptRecord,
): Promise<string> {
  const { owner } = attempt;
  const ref = await attemptsHere(storage, study)(refOf(trial, attempt));
  const control = await controlOf(attempt.handle);
  const isOwnerAlive = storage.liveness.judge(owner) === 'alive';
  if (isOwnerAlive || (await control?.isAlive(ref)) === 'alive') {
    const who = isOwnerAlive ? `the hpo that runs it (${describeIdentity(owner)})` : 'its trainer';
    throw usageError('trial.running', `expected a trial that has ended, but ${who} lives`, {
      fix: `hpo stop ${trial.number}`,
    });
  }
  if (control !== null) await storeReports(storage, study, { trial, attempt, ref, control });
  const { exist } = await idleCheckpoints(storage, study);
  const done = await storage.requeue(attempt.id, {
    exitCode: null,
    reason: 'taken to have ended by hpo stop --assume-ended',
    cause: 'interrupted',
    finishedAtMs: Date.now(),
    keepSteps: await mayResume(storage, trial, exist),
  });
  if (!done) return 'has just ended';
  await storage.releaseIndices(study.id, { owners: [owner] });
  return 'is queued again; the next hpo optimize runs it';
}

type Left = {
  readonly trial: TrialRecord;
  readonly attempt: AttemptRecord;
  readonly ref: AttemptRef;
  readonly control: AttemptControl;
};

/** Stores what an attempt reported, as far as its output is seen here. Reports that are stored already stay as they are. */
async function storeReports(
  storage: Storage,
  study: StudyRecord,
  { trial, attempt, ref, control }: Left,
): Promise<void> {
  const { objectives, trainer } = storedSpec(study);
  const objective = objectives[0]?.metric;
  const read = { attempt: { ...ref, inheritedMetrics: attempt.inherited }, metrics: trainer.metrics };
  const reports = reportsIn(readable(control.logs(ref, 0)), read);
  for await (const points of reports) {
    const marked = points.map((point) => ({ ...point, objective: point.name === objective }));
    if (!(await storage.report(trial.id, attempt.id, marked))) return;
  }
}

/** Yields an output as far as it can be read, and warns where it cannot. */
async function* readable(log: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* log;
  } catch (error) {
    warn(`its output cannot be read, so that what it printed and nobody stored is lost: ${messageOf(error)}`);
  }
}
