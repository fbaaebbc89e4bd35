import { forkOf } from '../../core/fork.js';
import type { StudySpec } from '../../core/spec.js';
import type { RunnableAttempt, Slot } from '../../executors/executor.js';
import { describeIdentity, isOfAnotherHost } from '../../liveness/identity.js';
import type { AttemptRecord, NewAttempt, OpenedTrial } from '../../storage/storage.js';
import { proposedFor } from '../ask/proposed-point.js';
import type { SweepEvent } from '../events.js';
import type { SweepOptions } from '../sweep/sweep-options.js';
import type { TrialContext } from './attempt-context.js';

/** Returns an attempt as its executor gets it. */
export function toRunnable(
  study: TrialContext & { readonly spec: Pick<StudySpec, 'maxSteps'> },
  opened: OpenedTrial,
  attempt: AttemptRecord,
  slot: Slot,
): RunnableAttempt {
  const { number, seed, repeat } = opened.trial;
  return {
    study: study.name,
    trial: number,
    attempt: attempt.attempt,
    token: attempt.token,
    handle: attempt.handle,
    params: study.trialParams(opened),
    defineByRun: proposedFor(opened.config) !== null,
    seed: seed ?? study.seedOf(repeat),
    slot,
    startedAtMs: attempt.startedAtMs,
    inheritedMetrics: attempt.inherited,
    targetStep: attempt.targetStep ?? study.spec.maxSteps,
    copy: forkOf(opened.config.attrs)?.copy ?? null,
    lostWith: isOfAnotherHost(attempt.owner) ? lostWith(attempt.owner) : null,
  };
}

function lostWith(owner: string): string {
  return `its worker (${describeIdentity(owner)}) has not renewed its lease`;
}

/** The event that an attempt starts. `reattached`: another orchestrator started it. */
export function startedEvent(
  { trial, config }: Pick<OpenedTrial, 'trial' | 'config'>,
  { attempt, seed, slot, params }: RunnableAttempt,
  reattached: boolean,
): SweepEvent {
  return {
    type: 'trial-started',
    trial: trial.number,
    attempt,
    configuration: config.number,
    repeat: trial.repeat,
    seed,
    device: slot.device,
    params,
    reattached,
  };
}

/** Returns the attempt of a trial that is about to be opened for a slot. */
export function newAttempt(
  { executor, study, now }: Pick<SweepOptions, 'executor' | 'study' | 'now'>,
  slot: Slot,
  token: string,
): NewAttempt {
  return {
    token,
    owner: study.owner,
    device: slot.device,
    handle: (trial, attempt) => executor.allocate({ trial, attempt, token }),
    startedAtMs: now(),
  };
}
