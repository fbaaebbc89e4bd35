import { watch } from 'node:fs';
import type { Outcome } from '../executor.js';
import { readExit, readLaunchOwner } from './attempt-dir.js';
import { attemptProcesses, isAlive } from './process-tree.js';

export type NotStarted = Extract<Outcome, { kind: 'not-started' }>;
export type Refused = Extract<Outcome, { kind: 'infrastructure' }>;
/** How an attempt ended, before its log has been read to the end. */
export type End =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly finishedAtMs: number }
  | { readonly kind: 'unknown'; readonly finishedAtMs: number }
  | NotStarted
  | Refused;

/** fs.watch tells of the exit file at once; the poll also sees a supervisor that was killed. */
const POLL_MS = 100;

export function notStarted(reason: string, fatal = false): NotStarted {
  return { kind: 'not-started', reason, fatal };
}

/**
 * Waits for an attempt's end as its folder and its processes tell it. Without an exit file the attempt lasts until
 * the last process that carries its token is gone, for until then it may still write to the trial's folder.
 */
export async function untilEnded(dir: string, token: string): Promise<End> {
  // The usual case after a launch of our own: nothing to watch for.
  const written = readExit(dir);
  if (written !== null) return { kind: 'exited', ...written };
  const changes = changesIn(dir);
  let hasRun = false;
  try {
    for (;;) {
      const owner = readLaunchOwner(dir);
      if (owner.kind === 'revoked') return notStarted('launch revoked');
      const supervisor = owner.kind === 'supervisor' ? owner.pid : null;
      // Asked before the exit file is read: an attempt that ends in between has written it by then.
      const running =
        (supervisor !== null && isAlive(supervisor, token)) || attemptProcesses(supervisor, token).length > 0;
      const exit = readExit(dir);
      if (exit !== null) return { kind: 'exited', ...exit };
      hasRun ||= running || owner.kind === 'supervisor';
      if (!running) {
        if (hasRun) return { kind: 'unknown', finishedAtMs: Date.now() };
        return notStarted(`its supervisor never wrote ${dir}/pid`);
      }
      await changes.next(POLL_MS);
    }
  } finally {
    changes.close();
  }
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

function watchOrNull(dir: string, onChange: () => void): ReturnType<typeof watch> | null {
  try {
    const watcher = watch(dir, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null; // the poll goes on
  }
}
