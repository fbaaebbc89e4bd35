import { type HpoError, messageOf } from '../../core/errors.js';
import type { MetricFormat } from '../../protocol/formats/format.js';
import type { Outcome, RunHooks, RunnableAttempt, StopReason } from '../executor.js';
import { forgetStop, noteStop, readExit, readStop, type StopNote } from './attempt-dir.js';
import { isAttemptAlive } from './attempt-liveness.js';
import { descent } from './descent.js';
import { LimitGuard } from './limit-guard.js';
import type { AttemptLimits } from './limits.js';
import { makeLineReader } from './line-reader.js';
import { LogFollower } from './log-follower.js';
import { leftRunning, OUT_OF_REACH, takesSignals } from './out-of-reach.js';
import type { AttemptFiles } from './paths.js';
import { stopAttempt } from './stop.js';
import { TrainerOutput } from './trainer-output.js';
import type { End, Waiting } from './wait-for-exit.js';

export type Following = {
  readonly files: AttemptFiles;
  readonly attempt: Pick<RunnableAttempt, 'trial' | 'token' | 'startedAtMs' | 'inheritedMetrics'>;
  /** Another orchestrator, which is dead, started it. */
  readonly adopted: boolean;
  readonly graceMs: number;
  readonly killWaitMs: number;
  readonly limits: AttemptLimits;
  /** How it writes its metrics; METRIC lines unless the sweep says otherwise. */
  readonly metrics: MetricFormat | undefined;
};

type Stuck = { readonly kind: 'stuck'; readonly pids: readonly number[]; readonly finishedAtMs: number };

/**
 * Reads an attempt's log from its first byte, and ends the attempt if the signal says so or it breaks a limit, until
 * `ended` resolves.
 */
export async function followAttempt(
  { files, attempt, adopted, graceMs, killWaitMs, limits, metrics }: Following,
  hooks: RunHooks,
  ended: (waiting: Waiting) => Promise<End>,
): Promise<Outcome> {
  const output = new TrainerOutput(hooks, makeLineReader(metrics), attempt.inheritedMetrics);
  const follower = new LogFollower(files.log, output);
  let stopping: Promise<unknown> | null = null;
  const givenUp = new AbortController();
  let giveUp: (pids: readonly number[]) => void = () => {};
  const stuck = new Promise<Stuck>((resolve) => {
    giveUp = (pids) => resolve({ kind: 'stuck', pids, finishedAtMs: Date.now() });
  });
  /** Its processes get no signal of ours: they are waited for, unless hpo itself is to end. */
  let abandon: (error: HpoError) => void = () => {};
  const abandoned = new Promise<never>((_, reject) => {
    abandon = reject;
  });
  const leave = ({ reason }: StopNote) => {
    if (reason !== 'interrupted') return output.warn(OUT_OF_REACH);
    forgetStop(files.dir);
    abandon(leftRunning(attempt.trial));
  };
  /** Why we stop it: the note in its folder may be impossible to write. */
  let decision: StopNote | null = null;
  const stop = (note: StopNote) => {
    decision ??= note;
    stopping ??= noteStop(files.dir, note)
      .then(() => stopAttempt({ dir: files.dir, token: attempt.token, graceMs, killWaitMs }))
      .then(({ stuck }) => {
        // Without them its end is told as ever.
        if (readExit(files.dir) !== null) return;
        const inKernel = stuck.filter(takesSignals);
        if (inKernel.length > 0) giveUp(inKernel);
        else if (isAttemptAlive(files.dir, attempt.token) !== 'ended') leave(note);
      })
      .catch((error: unknown) => output.warn(`the trial could not be stopped: ${messageOf(error)}`));
  };
  const onAbort = () => stop({ reason: hooks.signal.reason as StopReason, words: null });
  const guard = new LimitGuard(
    limits,
    { dir: files.dir, startedAtMs: attempt.startedAtMs, adopted, follower, output },
    (words) => stop({ reason: 'limit', words }),
  );
  descent.begin({ dir: files.dir, token: attempt.token });
  follower.start();
  guard.start();
  if (hooks.signal.aborted) onAbort();
  else hooks.signal.addEventListener('abort', onAbort, { once: true });
  // Whoever decided to stop it died before the last of it was gone: the decision stands.
  const decided = adopted ? readStop(files.dir) : null;
  if (decided !== null) stop(decided);
  let end: End | Stuck;
  try {
    const waiting = { warn: (message: string) => output.warn(message), givenUp: givenUp.signal };
    end = await Promise.race([ended(waiting), stuck, abandoned]);
  } finally {
    givenUp.abort();
    guard.close();
    hooks.signal.removeEventListener('abort', onAbort);
    await stopping;
    descent.end(attempt.token);
    await follower.finish();
  }
  if (end.kind === 'not-started' || end.kind === 'infrastructure') return end;
  const note = readStop(files.dir) ?? decision;
  const brokeLimit = note?.reason === 'limit' ? note.words : output.broken;
  return {
    ...end,
    logTail: output.tail(),
    ...(note && { stoppedFor: note.reason }),
    ...(brokeLimit !== null && { brokeLimit }),
  };
}
