import { setTimeout as sleep } from 'node:timers/promises';
import { HpoError, messageOf } from '../core/errors.js';
import type { AttemptControl, AttemptRef, Cancellation } from '../executors/executor.js';
import { handleKind } from '../executors/handle.js';
import { controlOf } from '../executors/registry.js';
import { describeIdentity } from '../liveness/identity.js';
import type { AttemptRecord, Storage, StudyRecord, TrialRecord } from '../storage/storage.js';
import { attemptsHere } from './attempts-here.js';
import { warn } from './output.js';

/** How long a sweep that is asked to stop a trial may take: a second to see it, the trainer's grace, and some more. */
const SWEEP_MS = 10_000;
const LOOK_MS = 100;

/** Stops a running attempt, here or by the sweep that runs it, and returns which of the two happened. */
export async function stopRunning(
  storage: Storage,
  study: StudyRecord,
  trial: TrialRecord,
  attempt: AttemptRecord,
): Promise<string> {
  const control = await requireControl(trial, attempt);
  // The request comes before the signal: the orchestrator that watches the trainer reads there why it ended.
  await request(storage.requestStop(attempt.id, true));
  const cancelled = await control.cancel(
    await attemptsHere(storage, study)(refOf(trial, attempt)),
    'stopped',
  );
  return describe(storage, attempt, cancelled);
}

async function describe(storage: Storage, attempt: AttemptRecord, cancelled: Cancellation): Promise<string> {
  switch (cancelled.kind) {
    case 'stuck':
      return `cannot be ended: process ${cancelled.pids.join(', ')} is stuck in the kernel`;
    case 'out-of-reach':
      return stopElsewhere(storage, attempt);
    case 'ended':
      return 'was stopped; the sweep continues';
    case 'prevented':
      return 'had not started yet and never will; the sweep continues';
    case 'had-ended':
      // The sweep that runs it may have been quicker, for the same request.
      if (await hasEnded(storage, attempt)) return 'was stopped by the sweep that ran it, which continues';
      await request(storage.requestStop(attempt.id, false));
      return 'had ended already; the next hpo optimize records how';
  }
}

/** Its processes cannot be seen from here, or take no signals of this user. */
async function stopElsewhere(storage: Storage, attempt: AttemptRecord): Promise<string> {
  const owner = describeIdentity(attempt.owner);
  if (storage.liveness.judge(attempt.owner) === 'ended')
    return `still runs, or may: this process can neither see nor end it. The request is stored, and the next hpo optimize that may end it does (the hpo that started it, ${owner}, has ended)`;
  const deadlineMs = performance.now() + SWEEP_MS;
  while (performance.now() < deadlineMs) {
    if (await hasEnded(storage, attempt)) return 'was stopped by the sweep that ran it, which continues';
    await sleep(LOOK_MS);
  }
  return `is not stopped yet: its processes are out of reach from here. The request is stored, and the sweep that runs it (${owner}) stops it when it sees it`;
}

async function hasEnded(storage: Storage, { id }: AttemptRecord): Promise<boolean> {
  const [attempt] = await storage.attempts({ attemptId: id });
  return attempt?.finishedAtMs !== null;
}

export function refOf({ number: trial }: TrialRecord, { token, handle }: AttemptRecord): AttemptRef {
  return { trial, token, handle };
}

/** @throws HpoError executor.unknown for an attempt of an executor that this version does not have. */
async function requireControl({ number }: TrialRecord, { handle }: AttemptRecord): Promise<AttemptControl> {
  const control = await controlOf(handle);
  if (control !== null) return control;
  throw new HpoError(
    'executor.unknown',
    `trial ${number} was started by the executor ${handleKind(handle)}, which this version of hpo does not have`,
    { fix: 'stop it with the version of hpo that started it' },
  );
}

/** A request that cannot be stored keeps nobody from ending the trial. */
async function request(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    const why = messageOf(error);
    warn(`the request could not be stored, so that the trial may count as failed and be tried again: ${why}`);
  });
}
