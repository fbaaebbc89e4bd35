import type { SavedStates } from '../executors/function/checkpoints/saved-state.js';
import { PROGRAM_ENDED } from '../executors/function/ended-with-program.js';
import { canReattach, FUNCTION_HANDLE } from '../executors/handle.js';
import type {
  AttemptRecord,
  AttemptStore,
  NewAttempt,
  OpenedTrial,
  Storage,
  UnfinishedTrial,
} from '../storage/storage.js';
import type { OpenedBatch, TrialOpener } from '../study/ask/ask-batch.js';
import type { Runner } from '../study/ask/asked-trials.js';
import type { AttemptContext } from '../study/attempt/attempt-context.js';
import { Resumability } from '../study/attempt/resumability.js';
import { countEarlierAttempts, nextRetry } from '../study/attempt/retry-policy.js';
import { fail } from '../study/attempt/verdict.js';
import type { Emit } from '../study/events.js';
import type { StudyRows } from '../study/study-context.js';
import { PausedTrials } from '../study/sweep/paused-trials.js';
import type { QueueContext } from '../study/sweep/sweep-context.js';
import { TrialQueue } from '../study/sweep/trial-queue.js';
import { newToken } from '../study/token.js';

export type ScheduledContext = QueueContext &
  AttemptContext &
  StudyRows<Storage> &
  Pick<TrialOpener, 'askBatch'> & {
    /** The name of this process. */
    readonly owner: string;
  };

type Asking = {
  readonly study: ScheduledContext;
  readonly states: SavedStates;
  /** Receives what people should see. */
  readonly emit: Emit;
};

const ASKED = 'asked-';
const NO_RETRIES = { retries: 0, mayRelaunch: false };

/**
 * Opens the trials that a program runs next, where a scheduler pauses trials: those whose program has ended, paused ones that the
 * scheduler continues, and new ones. Such a trial has an attempt, which holds its target step.
 */
export async function openScheduled({ study, states, emit }: Asking, count: number): Promise<OpenedBatch> {
  const resumability = new Resumability({
    checkpoints: states,
    scheduler: study.spec.scheduler,
    isPossible: true,
    // The caller knows whether trials may be paused.
    reportsSaves: false,
    emit,
  });
  const paused = new PausedTrials(study, resumability);
  const queue = new TrialQueue({
    study,
    budget: null,
    configurations: null,
    checkpoints: states,
    patience: () => null,
    paused,
    emit,
  });
  for (const lost of await queue.load(false)) await requeueLost({ study, states, emit }, lost, queue);
  const opened: OpenedTrial[] = [];
  const others: OpenedTrial[] = [];
  /** Where the scheduler continues nothing, the rest of the trials are new, and are opened together. */
  const askRest: ScheduledContext['ask'] = async (runner, startedAtMs, budget) => {
    const missing = count - opened.length;
    if (missing === 1) return study.ask(runner, startedAtMs, budget);
    const batch = await study.askBatch(missing, () => withToken(runner), startedAtMs);
    const [first, ...more] = batch.opened;
    others.push(...more);
    return first ?? batch.exhausted ?? { exhausted: 'nothing is left' };
  };
  while (opened.length < count) {
    const nowMs = Date.now();
    const attempt: NewAttempt = {
      token: askedToken(),
      owner: study.owner,
      device: 'cpu',
      handle: () => FUNCTION_HANDLE,
      startedAtMs: nowMs,
    };
    const next = await queue.next(attempt, nowMs, askRest);
    if (!('opened' in next)) return { opened, exhausted: { exhausted: next.detail } };
    opened.push(next.opened, ...others.splice(0));
  }
  return { opened, exhausted: null };
}

/** Returns a token for an attempt of a trial that was asked for. It shows that no call runs the attempt. */
function askedToken(): string {
  return `${ASKED}${newToken()}`;
}

/** Returns whether a program asked for the attempt and runs it itself. */
export function isAsked({ token, handle }: Pick<AttemptRecord, 'token' | 'handle'>): boolean {
  return handle === FUNCTION_HANDLE && token.startsWith(ASKED);
}

/** Each attempt has a token of its own. */
function withToken(runner: Runner): Runner {
  return runner !== null && 'token' in runner ? { ...runner, token: askedToken() } : runner;
}

/** Queues the trial of a program that has ended, or fails it when it has lost as many attempts as it may. */
async function requeueLost(
  { study, states }: Asking,
  { trial, attempt, ...rest }: UnfinishedTrial,
  queue: Pick<TrialQueue, 'requeue'>,
): Promise<void> {
  if (attempt === null || !canReattach({ kind: 'function' }, attempt.handle)) return;
  if (!(await study.storage.takeOverAttempt(attempt.id, attempt.owner, study.owner))) return;
  const past = countEarlierAttempts(await study.storage.attempts({ trialId: trial.id }));
  const reason = nextRetry('lost', PROGRAM_ENDED, past, NO_RETRIES);
  const finishedAtMs = Date.now();
  if (reason === null) {
    const ending = { ...fail(PROGRAM_ENDED, 'lost'), exitCode: null, finishedAtMs };
    await study.tell(trial.id, attempt.id, ending);
    await states.discard({ trial: trial.number, token: attempt.token, handle: attempt.handle });
    return;
  }
  const keepSteps = await states.exist({ trial: trial.number, token: attempt.token, handle: attempt.handle });
  const ended = { exitCode: null, reason, cause: 'lost', finishedAtMs, keepSteps } as const;
  if (await study.storage.requeue(attempt.id, ended))
    queue.requeue({ ...rest, trial, attempt: { ...attempt, finishedAtMs } });
}

/** What `tell` with a pause records. */
export type ToldPause = {
  readonly attemptId: number;
  readonly targetStep: number | null;
  readonly pausedAt: number;
};

/**
 * Ends the attempt of a trial that continues later: it is paused, or below its target step handed out again by the next ask.
 * False: another process was first.
 */
export function recordPause(
  storage: Pick<AttemptStore, 'requeue'>,
  { attemptId, targetStep, pausedAt }: ToldPause,
): Promise<boolean> {
  const isThere = targetStep !== null && pausedAt >= targetStep;
  return storage.requeue(attemptId, {
    exitCode: null,
    reason: isThere ? `paused at step ${pausedAt}` : `its program left it at step ${pausedAt}`,
    cause: isThere ? 'paused' : 'interrupted',
    finishedAtMs: Date.now(),
    keepSteps: true,
    pausedAt: isThere ? pausedAt : null,
  });
}
