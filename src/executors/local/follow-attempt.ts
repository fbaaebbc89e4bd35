import { type HpoError, messageOf } from '../../core/errors.js';
import type { RunMetric } from '../../core/run-metrics.js';
import type { MetricFormat } from '../../protocol/formats/format.js';
import type { Cancellation, Outcome, RunHooks, RunnableAttempt, StopReason } from '../executor.js';
import { forgetStop, noteStop, readExit, readStop, type StopNote } from './attempt-dir.js';
import { LimitGuard } from './limit-guard.js';
import type { AttemptLimits } from './limits.js';
import { makeLineReader } from './line-reader.js';
import { LogFollower } from './log-follower.js';
import type { AttemptFiles } from './paths.js';
import { reportAtEnd } from './report-at-end.js';
import { type OutputEnd, TrainerOutput } from './trainer-output.js';
import type { ExitStatus, Waiting } from './wait-for-exit.js';

/** What an executor knows of the processes of an attempt, wherever they run. */
export type Handler = {
  /** Ends it, politely and then by force. */
  readonly cancel: () => Promise<Cancellation>;
  /** Watches over its processes from now on. `mayContinue`: nobody has decided to stop it. Returns what ends that. */
  readonly watch: (mayContinue: boolean) => () => void;
  /**
   * Resolves when its trainer has begun, with that time (ms since 1970): its limits count from there. Null: the attempt was over before.
   */
  readonly begun: (isOver: () => boolean) => Promise<number | null>;
  /** The line in its log after which it begins again; null: it never does. */
  readonly restartMark: string | null;
  /** The warning where it is to be stopped and cannot be reached. */
  readonly outOfReach: string;
  /** Whether another worker may follow it as well, so that this one need not end it to let go of it. */
  readonly isShared: boolean;
  /** The error of a sweep that is interrupted meanwhile. */
  readonly left: () => HpoError;
};

export type FollowedAttempt = {
  readonly files: AttemptFiles;
  readonly attempt: Pick<RunnableAttempt, 'trial' | 'token' | 'startedAtMs' | 'inheritedMetrics'>;
  /** An orchestrator that has ended started it. */
  readonly isReattached: boolean;
  readonly handler: Handler;
  /** Another machine may write its log. */
  readonly isShared: boolean;
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
  { files, attempt, isReattached, handler, isShared, limits, metrics, measured }: FollowedAttempt,
  hooks: RunHooks,
  ended: (waiting: Waiting) => Promise<ExitStatus>,
): Promise<Outcome> {
  const output = new TrainerOutput(
    hooks,
    makeLineReader(metrics),
    attempt.inheritedMetrics,
    handler.restartMark,
  );
  const follower = new LogFollower(files.log, output, { isShared });
  let stopping: Promise<unknown> | null = null;
  const givenUp = new AbortController();
  let giveUp: (pids: readonly number[]) => void = () => {};
  const stuck = new Promise<Stuck>((resolve) => {
    giveUp = (pids) => resolve({ kind: 'stuck', pids, finishedAtMs: Date.now() });
  });
  /** Nothing that hpo does reaches its processes. They are waited for, unless hpo itself is to end. */
  let abandon: (error: HpoError) => void = () => {};
  const abandoned = new Promise<never>((_, reject) => {
    abandon = reject;
  });
  const leave = ({ reason }: StopNote) => {
    if (reason !== 'interrupted') return output.warn(handler.outOfReach);
    forgetStop(files.dir);
    abandon(handler.left());
  };
  /** Why this process stops it. Kept here because the note in its folder may be impossible to write. */
  let decision: StopNote | null = null;
  const stop = (note: StopNote) => {
    decision ??= note;
    stopping ??= noteStop(files.dir, note)
      .then(() => handler.cancel())
      .then((cancelled) => {
        // Its end is known, whatever else still runs.
        if (readExit(files.dir) !== null) return;
        if (cancelled.kind === 'stuck') giveUp(cancelled.pids);
        if (cancelled.kind === 'out-of-reach') leave(note);
      })
      .catch((error: unknown) => output.warn(`the trial could not be stopped: ${messageOf(error)}`));
  };
  let letGo: (end: ExitStatus) => void = () => {};
  const released = new Promise<ExitStatus>((resolve) => {
    letGo = resolve;
  });
  const onAbort = () => {
    const reason = hooks.signal.reason as StopReason;
    // What becomes of it is stored by the other worker.
    if (reason === 'taken-over' && handler.isShared) letGo({ kind: 'unknown', finishedAtMs: Date.now() });
    else stop({ reason: reason === 'taken-over' ? 'stopped' : reason, words: null });
  };
  // An orchestrator decided to stop it and was killed before all of it had ended: the decision stands.
  const decided = isReattached ? readStop(files.dir) : null;
  const unwatch = handler.watch(decided === null);
  let guard: LimitGuard | null = null;
  let isOver = false;
  void handler
    .begun(() => isOver)
    .then((startedAtMs) => {
      if (isOver || startedAtMs === null) return;
      guard = new LimitGuard(
        limits,
        { dir: files.dir, startedAtMs, isReattached, follower, output },
        (words) => stop({ reason: 'limit', words }),
      );
      guard.start();
    });
  follower.start();
  if (hooks.signal.aborted) onAbort();
  else hooks.signal.addEventListener('abort', onAbort, { once: true });
  if (decided !== null) stop(decided);
  let end: ExitStatus | Stuck | null = null;
  try {
    const waiting = { warn: (message: string) => output.warn(message), givenUp: givenUp.signal };
    end = await Promise.race([ended(waiting), stuck, abandoned, released]);
  } finally {
    givenUp.abort();
    isOver = true;
    (guard as LimitGuard | null)?.close();
    hooks.signal.removeEventListener('abort', onAbort);
    await stopping;
    unwatch();
    await follower.finish(outputEnd(end));
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

/** A shell writes 128 + N for a death by signal N; greater codes are a program's own. */
const KILLED_CODES = { above: 128, to: 128 + 64 };

/** Returns how the output of an attempt ended; null: it is not followed to its end. */
function outputEnd(end: ExitStatus | Stuck | null): OutputEnd {
  if (end?.kind === 'stuck') return 'killed';
  if (end?.kind !== 'exited') return 'unknown';
  return end.exitCode > KILLED_CODES.above && end.exitCode <= KILLED_CODES.to ? 'killed' : 'by-itself';
}
