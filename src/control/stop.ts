import { type HpoError, messageOf, usageError } from '../core/errors.js';
import { handleKind } from '../executors/handle.js';
import { STOPPED_WHILE_PAUSED } from '../results/study-digest.js';
import type { AttemptRecord, Storage, StudyRecord, TrialRecord } from '../storage/storage.js';
import { pausedEnding } from '../study/paused-ending.js';
import { storedSpec } from '../study/stored-spec.js';
import { refuseUnknown, trialNumber } from './arguments.js';
import type { Control, ControlTarget } from './control.js';
import { findTrial } from './find-trial.js';
import { stopSweep } from './stop-sweep.js';

const STARTED_AGAIN = 'has just been started again; stop it once more';

export const stop: Control<number | null> = {
  name: 'stop',
  summary:
    'Stop one running trial (SIGTERM, then SIGKILL). With a value of the objective it counts as pruned, else as failed. A paused one is pruned. Without a number: end the sweep, whose running trials are stopped and continue with the next one.',
  arguments: [
    { name: 'trial', type: 'trial', required: false, help: 'number of the trial (default: the sweep ends)' },
  ],
  parse(raw) {
    refuseUnknown(raw, this.arguments);
    return raw.trial === undefined ? null : trialNumber(raw);
  },
  async apply(target, number) {
    const { storage, study } = target;
    if (number === null) return stopSweep(target);
    const found = await findStoppable(storage, study, number);
    const data = { study: study.name, trial: number };
    if (found.kind === 'queued' || found.kind === 'paused') {
      const how = await endWaiting(target, found);
      return { text: `trial ${number} ${how}`, data: { ...data, stopped: how } };
    }
    if (found.kind === 'function') throw runsInProgram(number);
    await storage.requestStop(found.attempt.id, true);
    const how = 'is asked to stop: the sweep that runs it stops it within about a second';
    return { text: `trial ${number} ${how}`, data: { ...data, stopped: how } };
  },
};

/**
 * `queued`: no attempt of it runs, and it waits for the next one. `paused`: it waits for its scheduler. `function`: a program
 * runs it as a function.
 */
export type Stoppable = {
  readonly kind: 'running' | 'queued' | 'paused' | 'function';
  readonly trial: TrialRecord;
  readonly attempt: AttemptRecord;
};

/** Returns a trial that hpo can stop. @throws HpoError trial.not-found, trial.finished or trial.not-ours (usage). */
export async function findStoppable(
  storage: Storage,
  study: StudyRecord,
  number: number,
): Promise<Stoppable> {
  const unfinished = (await storage.unfinished(study.id)).find(({ trial }) => trial.number === number);
  if (!unfinished) {
    const { state } = await findTrial(storage, study, number);
    throw usageError('trial.finished', `expected a running trial, but trial ${number} is ${state}`, {
      fix: 'see hpo trials --state running',
    });
  }
  const { trial, attempt } = unfinished;
  if (!attempt) {
    throw usageError('trial.not-ours', `trial ${number} is run by the program that asked for it`, {
      fix: `end it there, or hpo tell ${number} --state fail`,
    });
  }
  if (attempt.finishedAtMs !== null)
    return { kind: trial.pausedAt === null ? 'queued' : 'paused', trial, attempt };
  const kind = handleKind(attempt.handle) === 'function' ? 'function' : 'running';
  return { kind, trial, attempt };
}

/** What ending a trial that waits needs of a control's target. */
type EndingTarget = Pick<ControlTarget, 'study' | 'nowMs' | 'discardCheckpoint'> & {
  readonly storage: Pick<Storage, 'finish' | 'metrics'>;
};

/** The error for a trial that only its own program can end. */
export function runsInProgram(number: number): HpoError {
  return usageError(
    'trial.not-ours',
    `trial ${number} is a function of a running program, which alone can end it`,
    { fix: 'stop that program, or let its objective return' },
  );
}

/** Ends a trial that only waits for its next attempt: a paused one is pruned, a queued one fails. Says what happened. */
export async function endWaiting(
  { storage, study, nowMs, discardCheckpoint }: EndingTarget,
  { kind, trial, attempt }: Stoppable,
): Promise<string> {
  if (kind === 'paused') {
    const reason = `${STOPPED_WHILE_PAUSED} at step ${trial.pausedAt}`;
    const ending = await pausedEnding({ storage, id: study.id, spec: storedSpec(study) }, trial, {
      reason,
      finishedAtMs: attempt.finishedAtMs ?? nowMs,
    });
    if (!(await storage.finish(trial.id, null, { ...ending, cause: 'stopped' }))) return STARTED_AGAIN;
    const ref = { trial: trial.number, token: attempt.token, handle: attempt.handle };
    const rest = `its checkpoint stays (hpo show ${trial.number} says where)`;
    const left = await discardCheckpoint(ref).then(
      (isRemoved) => (isRemoved ? 'its checkpoint is removed' : rest),
      (error: unknown) => `${rest}: it cannot be removed: ${messageOf(error)}`,
    );
    return `was paused at step ${trial.pausedAt} and is now pruned; ${left}`;
  }
  const isFailed = await storage.finish(trial.id, null, {
    state: 'fail',
    values: null,
    exitCode: attempt.exitCode,
    reason: 'stopped by hpo stop while queued',
    finishedAtMs: nowMs,
  });
  return isFailed ? 'was queued and is now failed' : STARTED_AGAIN;
}
