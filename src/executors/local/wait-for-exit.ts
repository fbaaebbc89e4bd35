import { watch } from 'node:fs';
import type { Outcome } from '../executor.js';
import { readExit, readLaunchOwner, wasForkRefused } from './attempt-dir.js';
import { isAttemptAlive } from './attempt-liveness.js';

export type NotStarted = Extract<Outcome, { kind: 'not-started' }>;
export type Refused = Extract<Outcome, { kind: 'infrastructure' }>;
/** How an attempt ended, before its log has been read to the end. */
export type ExitStatus =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly finishedAtMs: number }
  | { readonly kind: 'unknown'; readonly finishedAtMs: number }
  | NotStarted
  | Refused;

export type Waiting = {
  readonly warn: (message: string) => void;
  /** Aborted when nobody waits for the end any more. */
  readonly givenUp: AbortSignal;
};

/** fs.watch reports the exit file at once. The poll also sees a supervisor that was killed. */
const POLL_MS = 100;

export function notStarted(reason: string, fatal = false): NotStarted {
  return { kind: 'not-started', reason, fatal };
}

export const FORK_REFUSED: Refused = {
  kind: 'infrastructure',
  reason: 'the supervisor could not start the trainer (no process or memory left)',
};

/** Does what `waitForExit` does. Where the supervisor never ran the trainer, its exit code says nothing of the trainer. */
export async function endOfLaunch(dir: string, token: string, waiting: Waiting): Promise<ExitStatus> {
  const end = await waitForExit(dir, token, waiting);
  const mayHaveRun = end.kind === 'not-started' || (end.kind === 'exited' && end.exitCode === 0);
  return mayHaveRun || !wasForkRefused(dir) ? end : FORK_REFUSED;
}

/**
 * Waits for an attempt's end, as its folder and its processes show it. Without an exit file the attempt lasts until its
 * trainer has ended, since until then it may write to the trial's folder. Where nobody can tell, it keeps waiting, and
 * `warn` receives one message. Never resolves once `givenUp` is aborted.
 */
export async function waitForExit(
  dir: string,
  token: string,
  { warn, givenUp }: Waiting,
): Promise<ExitStatus> {
  // The usual case after a launch by this process: there is nothing to watch for.
  const written = readExit(dir);
  if (written !== null) return { kind: 'exited', ...written };
  const changes = changesIn(dir);
  let hasRun = false;
  let hasWarned = false;
  try {
    for (;;) {
      const owner = readLaunchOwner(dir);
      if (owner.kind === 'revoked') return notStarted('launch revoked');
      const life = isAttemptAlive(dir, token);
      const exit = readExit(dir);
      if (exit !== null) return { kind: 'exited', ...exit };
      if (life === 'unknown' && !hasWarned) warn(unknownText(dir));
      hasWarned ||= life === 'unknown';
      hasRun ||= life !== 'ended' || owner.kind === 'supervisor';
      if (life === 'ended') {
        if (hasRun) return { kind: 'unknown', finishedAtMs: Date.now() };
        return notStarted(`its supervisor never wrote ${dir}/pid`);
      }
      await changes.next(POLL_MS);
      if (givenUp.aborted) break;
    }
  } finally {
    changes.close();
  }
  return new Promise<never>(() => {});
}

function unknownText(dir: string): string {
  return (
    'cannot tell whether the trainer of an earlier call still runs: this user may not see its processes. ' +
    `Its trial is not started again before it has ended. If you know that it has: echo 1 >${dir}/exit`
  );
}

/** `next` resolves when something in the folder changes, or after the time. */
function changesIn(dir: string): { next(timeoutMs: number): Promise<void>; close(): void } {
  let wake = () => {};
  const watcher = watchOrNull(dir, () => wake());
  return {
    next: (timeoutMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    close: () => watcher?.close(),
  };
}

/** Null where the folder cannot be watched: then only the poll sees changes. */
function watchOrNull(dir: string, onChange: () => void): ReturnType<typeof watch> | null {
  try {
    const watcher = watch(dir, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
