import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, usageError } from '../core/errors.js';
import { readLaunchOwner } from '../executors/local/attempt-dir.js';
import { isAttemptAlive } from '../executors/local/attempt-liveness.js';
import { makeCheckpoints } from '../executors/local/checkpoints.js';
import { DEFAULT_STOP_GRACE_MS } from '../executors/local/executor.js';
import { takesSignals } from '../executors/local/out-of-reach.js';
import { stopAttempt } from '../executors/local/stop.js';
import { describeIdentity } from '../liveness/identity.js';
import type { AttemptRecord, Storage, TrialRecord } from '../storage/storage.js';
import { warn } from './output.js';

/** How long a sweep that is asked to stop a trial may take: a second to see it, the trainer's grace, and some more. */
const SWEEP_MS = DEFAULT_STOP_GRACE_MS + 5000;
const LOOK_MS = 100;

/** Stops a running attempt, here or by the sweep that runs it; says which of the two happened. */
export async function stopRunning(storage: Storage, attempt: AttemptRecord): Promise<string> {
  const { dir, token } = attempt;
  // First the request, then the signal: whoever watches the trainer learns why it ended.
  await request(storage.requestStop(attempt.id));
  const { ran, stuck } = await stopAttempt({ dir, token, graceMs: DEFAULT_STOP_GRACE_MS });
  const inKernel = stuck.filter(takesSignals);
  if (inKernel.length > 0) return `cannot be ended: process ${inKernel.join(', ')} is stuck in the kernel`;
  if (isAttemptAlive(dir, token) !== 'ended') return stopElsewhere(storage, attempt);
  if (ran) return 'was stopped; the sweep goes on';
  if (readLaunchOwner(dir).kind === 'revoked') return 'had not started yet and never will; the sweep goes on';
  // The sweep that runs it may have been quicker, for the same request.
  if (await hasEnded(storage, attempt)) return 'was stopped by the sweep that ran it, which goes on';
  await request(storage.withdrawStop(attempt.id));
  return 'had ended already; the next hpo optimize records how';
}

/** Its processes cannot be seen from here, or do not take signals of this user. */
async function stopElsewhere(storage: Storage, attempt: AttemptRecord): Promise<string> {
  const owner = describeIdentity(attempt.owner);
  if (storage.liveness.judge(attempt.owner) === 'ended')
    return `still runs, or may: this process can neither see nor end it. The request is stored, and the next hpo optimize that may end it does (the hpo that started it, ${owner}, has ended)`;
  const deadlineMs = performance.now() + SWEEP_MS;
  while (performance.now() < deadlineMs) {
    if (await hasEnded(storage, attempt)) return 'was stopped by the sweep that ran it, which goes on';
    await sleep(LOOK_MS);
  }
  return `is not stopped yet: its processes are out of reach from here. The request is stored, and the sweep that runs it (${owner}) stops it when it sees it`;
}

async function hasEnded(storage: Storage, { id }: AttemptRecord): Promise<boolean> {
  return (await storage.attempt(id))?.finishedAtMs !== null;
}

/**
 * Queues a trial again whose end nobody can see from here, on the word of a person.
 * @throws HpoError (usage) trial.running when it, or the hpo that runs it, is seen to live.
 */
export async function assumeEnded(
  storage: Storage,
  studyId: number,
  trial: TrialRecord,
  attempt: AttemptRecord,
): Promise<string> {
  const { dir, token, owner } = attempt;
  const isOwnerAlive = storage.liveness.judge(owner) === 'alive';
  if (isOwnerAlive || (dir !== '' && isAttemptAlive(dir, token) === 'alive')) {
    const who = isOwnerAlive ? `the hpo that runs it (${describeIdentity(owner)})` : 'its trainer';
    throw usageError('trial.running', `expected a trial that has ended, but ${who} lives`, {
      fix: `hpo stop ${trial.number}`,
    });
  }
  const checkpoints = makeCheckpoints('keep');
  const place = { dir, trial: trial.number };
  const hasCheckpoint = dir !== '' && ((await checkpoints?.exist(place)) ?? false);
  const done = await storage.requeue(attempt.id, {
    exitCode: null,
    reason: 'taken to have ended by hpo stop --assume-ended',
    cause: 'interrupted',
    finishedAtMs: Date.now(),
    keepSteps: hasCheckpoint && attempt.firstStep !== null,
  });
  if (!done) return 'has just ended';
  await storage.reclaimIndices(studyId, [owner]);
  return 'is queued again; the next hpo optimize runs it';
}

/** A request that cannot be stored keeps nobody from ending the trial. */
async function request(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    const why = messageOf(error);
    warn(`the request could not be stored, so that the trial may count as failed and be tried again: ${why}`);
  });
}
