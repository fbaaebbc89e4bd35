import { HpoError } from '../../core/errors.js';
import type { Executor, Outcome, RunnableAttempt } from '../../executors/executor.js';
import type { OpenedTrial } from '../../storage/storage.js';
import type { Emit } from '../events.js';
import type { AttemptRun } from './attempt-run.js';
import { startedEvent } from './runnable.js';

/** The first wait before an executor is asked again, and the longest; each wait is twice as long as the one before. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;

export type Followed = {
  readonly executor: Executor;
  readonly run: Pick<AttemptRun, 'hooks' | 'expectRepeats'>;
  readonly opened: OpenedTrial;
  readonly runnable: RunnableAttempt;
  /** Another orchestrator started it. */
  readonly isReattached: boolean;
  readonly emit: Emit;
  /** Aborted when the sweep ends now, whatever still runs. */
  readonly abort: AbortSignal;
};

/**
 * Runs or reattaches an attempt and returns how it ended. While its executor cannot see it, the executor is asked again:
 * an attempt that may run is neither given up nor started a second time.
 * @throws HpoError executor.unseen when the sweep is interrupted meanwhile: the next one reattaches the attempt.
 */
export async function followToEnd(followed: Followed): Promise<Outcome> {
  const { executor, run, opened, runnable, isReattached, emit } = followed;
  const { hooks } = run;
  let outcome = await (isReattached ? executor.reattach(runnable, hooks) : executor.run(runnable, hooks));
  let hasWarned = false;
  while (outcome.kind === 'unseen') {
    if (!hasWarned)
      hooks.warn(
        `cannot tell whether the trial still runs (${outcome.reason}): hpo asks again until it can, and starts no second attempt`,
      );
    hasWarned = true;
    await untilSeen(followed, outcome.reason);
    await run.expectRepeats();
    emit(startedEvent(opened, runnable, true));
    outcome = await executor.reattach(runnable, hooks);
  }
  return outcome;
}

async function untilSeen(
  { executor, runnable, run: { hooks }, abort }: Followed,
  reason: string,
): Promise<void> {
  const isOver = () => abort.aborted || hooks.signal.reason === 'interrupted';
  const over = AbortSignal.any([abort, hooks.signal]);
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
    if (isOver()) throw leftUnseen(runnable.trial, reason);
    // A trial that is to be stopped is asked for again as often as any other.
    await waitUnlessAborted(waitMs, hooks.signal.aborted ? abort : over);
    if (!isOver() && (await executor.isAlive(runnable)) !== 'unknown') return;
  }
}

function waitUnlessAborted(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}

function leftUnseen(trial: number, reason: string): HpoError {
  return new HpoError(
    'executor.unseen',
    `trial ${trial} is left running: it cannot be seen from here (${reason})`,
    { fix: 'run the same command again once it can be seen: hpo follows it to its end' },
  );
}
