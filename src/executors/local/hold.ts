import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HAS_PROC, type ProcessId, readStat } from '../../liveness/proc.js';
import { findProcesses } from './attempt-processes.js';
import { descent } from './descent.js';
import { signal } from './process-tree.js';

type Attempt = { readonly dir: string; readonly token: string };

/** How long processes have to stop. One that waits for a disk takes longer: it is writing. */
const STOP_WAIT_MS = 20;

const noteOf = (dir: string) => join(dir, 'held');

/**
 * Holds the processes of an attempt still (SIGSTOP), all but its supervisor, while `see` looks at what they do. Returns
 * whether they are held: `see` said so. Otherwise they continue at once. A note in the attempt's folder tells others that
 * they are held, and by whom: after a kill of this process they must not stay so.
 */
export async function holdWhile(
  attempt: Attempt,
  see: (pids: readonly number[]) => boolean,
): Promise<boolean> {
  const targets = trainersOf(attempt);
  if (targets.length === 0) return see([]);
  // Without a note (a full disk, a deleted folder) nobody would let them continue after a kill: only looked at.
  if (!noteHeld(attempt.dir)) return see(targets.map(({ pid }) => pid));
  for (const { pid } of targets) signal(pid, 'SIGSTOP');
  const deadlineMs = performance.now() + STOP_WAIT_MS;
  while (!targets.every(isStill) && performance.now() < deadlineMs) await sleep(1);
  const isHeld = targets.every(isStill) && see(targets.map(({ pid }) => pid));
  if (!isHeld) releaseHeld(attempt);
  return isHeld;
}

function noteHeld(dir: string): boolean {
  try {
    writeFileSync(noteOf(dir), '');
    return true;
  } catch {
    return false;
  }
}

/** Lets the processes of an attempt continue if they are held. */
export function releaseHeld(attempt: Attempt): void {
  if (!existsSync(noteOf(attempt.dir))) return;
  for (const { pid } of trainersOf(attempt)) signal(pid, 'SIGCONT');
  // Afterwards: a process that finds the note lets them continue once more.
  rmSync(noteOf(attempt.dir), { force: true });
}

/** Returns the pids of the processes of an attempt, without its supervisor. */
export function trainersOf({ dir, token }: Attempt): readonly ProcessId[] {
  if (!HAS_PROC) return [];
  const { own, supervisor } = findProcesses({ dir, token }, descent.known(token));
  return own.filter(({ pid }) => pid !== supervisor?.pid);
}

/** Whether all threads of a process are stopped, or it has ended. */
function isStill({ pid, ticks }: ProcessId): boolean {
  const stat = readStat(pid);
  if (stat === null || stat.ticks !== ticks || stat.isZombie) return true;
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      const line = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
      return /^[TtZX]/.test(line.slice(line.lastIndexOf(')') + 2));
    });
  } catch {
    // A thread, or the process, has ended meanwhile: the next look knows.
    return readStat(pid) === null;
  }
}
