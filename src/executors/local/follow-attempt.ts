import { type HpoError, messageOf } from '../../core/errors.js';
import type { RunMetric } from '../../core/run-metrics.js';
import type { MetricFormat } from '../../protocol/formats/format.js';
import type { Outcome, RunHooks, RunnableAttempt, StopReason } from '../executor.js';
import { forgetStop, noteStop, readExit, readStop, type StopNote } from './attempt-dir.js';
import { cancelAttempt } from './control.js';
import { descent } from './descent.js';
import { releaseHeld } from './hold.js';
import { LimitGuard } from './limit-guard.js';
import type { AttemptLimits } from './limits.js';
import { makeLineReader } from './line-reader.js';
import { LogFollower } from './log-follower.js';
import { leftRunning, OUT_OF_REACH } from './out-of-reach.js';
import type { AttemptFiles } from './paths.js';
import { reportAtEnd } from './report-at-end.js';
import type { StopTimes } from './stop.js';
import { TrainerOutput } from './trainer-output.js';
import type { ExitStatus, Waiting } from './wait-for-exit.js';

export type FollowedAttempt = {
  readonly files: AttemptFiles;
  readonly attempt: Pick<RunnableAttempt, 'trial' | 'token' | 'startedAtMs' | 'inheritedMetrics'>;
  /** An orchestrator that has ended started it. */
  readonly isReattached: boolean;
  readonly times: StopTimes;
  readonly limits: AttemptLimits;
  /** How it writes its metrics. Undefined: METRIC lines. */
  readonly metrics: MetricFormat | undefined;
  /** What hpo measures of it itself. */
  readonly measured: readonly RunMetric[];
};

type Stuck = { readonly kind: 'stuck'; readonly pids: readonly number[]; readonly finishedAtMs: number };

/**
 * Reads an attempt's log from its first byte until `ended` resolves. Meanwhile it ends the attempt when the signal says so
 * or when the attempt breaks a limit.
 */
export async function followAttempt(
  { files, attempt, isReattached, times, limits, metrics, measured }: FollowedAttempt,
  hooks: RunHooks,
  ended: (waiting: Waiting) => Promise<ExitStatus>,
): Promise<Outcome> {
  const output = new TrainerOutput(hooks, makeLineReader(metrics), attempt.inheritedMetrics);
  const follower = new LogFollower(files.log, output);
  let stopping: Promise<unknown> | null = null;
  const givenUp = new AbortController();
  let giveUp: (pids: readonly number[]) => void = () => {};
  const stuck = new Promise<Stuck>((resolve) => {
    giveUp = (pids) => resolve({ kind: 'stuck', pids, finishedAtMs: Date.now() });
  });
  /** No signal of this user reaches its processes. They are waited for, unless hpo itself is to end. */
  let abandon: (error: HpoError) => void = () => {};
  const abandoned = new Promise<never>((_, reject) => {
    abandon = reject;
  });
  const leave = ({ reason }: StopNote) => {
    if (reason !== 'interrupted') return output.warn(OUT_OF_REACH);
    forgetStop(files.dir);
    abandon(leftRunning(attempt.trial));
  };
  /** Why this process stops it. Kept here because the note in its folder may be impossible to write. */
  let decision: StopNote | null = null;
  const stop = (note: StopNote) => {
    decision ??= note;
    stopping ??= noteStop(files.dir, note)
      .then(() => cancelAttempt({ dir: files.dir, token: attempt.token, ...times }))
      .then((cancelled) => {
        // Its end is known, whatever else still runs.
        if (readExit(files.dir) !== null) return;
        if (cancelled.kind === 'stuck') giveUp(cancelled.pids);
        if (cancelled.kind === 'out-of-reach') leave(note);
      })
      .catch((error: unknown) => output.warn(`the trial could not be stopped: ${messageOf(error)}`));
  };
  const onAbort = () => stop({ reason: hooks.signal.reason as StopReason, words: null });
  const guard = new LimitGuard(
    limits,
    { dir: files.dir, startedAtMs: attempt.startedAtMs, isReattached, follower, output },
    (words) => stop({ reason: 'limit', words }),
  );
  const processes = { dir: files.dir, token: attempt.token };
  descent.begin(processes);
  // An orchestrator decided to stop it and was killed before all of it had ended: the decision stands.
  const decided = isReattached ? readStop(files.dir) : null;
  // It was killed while it held them. Those that are to end continue only to end: they may begin to save.
  if (isReattached && decided === null) releaseHeld(processes);
  follower.start();
  guard.start();
  if (hooks.signal.aborted) onAbort();
  else hooks.signal.addEventListener('abort', onAbort, { once: true });
  if (decided !== null) stop(decided);
  let end: ExitStatus | Stuck;
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
  if (end.kind === 'exited') reportAtEnd(files, { metrics, measured }, hooks);
  const note = readStop(files.dir) ?? decision;
  if (end.kind === 'not-started' || end.kind === 'infrastructure') {
    if (note?.reason !== 'limit') return end;
    // The limit ended it before the supervisor could begin: that is why it has no result, and not the machine.
    end = { kind: 'unknown', finishedAtMs: Date.now() };
  }
  const brokeLimit = note?.reason === 'limit' ? note.words : output.broken;
  return {
    ...end,
    logTail: output.tail(),
    ...(note && { stoppedFor: note.reason }),
    ...(brokeLimit !== null && { brokeLimit }),
  };
}
