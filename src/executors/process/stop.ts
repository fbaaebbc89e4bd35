import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readExit, readLaunchOwner, revokeLaunch } from './attempt-dir.js';
import {
  attemptProcesses,
  isAlive,
  ownsGroup,
  processesWithToken,
  signal,
  signalGroup,
} from './process-tree.js';

const CHECK_MS = 20;
/** How long the supervisor has to write its trainer's end once everything else is gone, in checks. */
const LAST_WORDS_CHECKS = 25;
/** A process the kernel cannot end (waiting for a dead disk) must not hold us for ever: 10 s. */
const MAX_KILL_CHECKS = 500;

/** An attempt as any process of this machine finds it, `hpo stop` included. */
export type StoppableAttempt = {
  readonly dir: string;
  readonly token: string;
  /** Between the polite TERM and the KILL. */
  readonly graceMs: number;
};

/**
 * Ends an attempt: TERM to its process group, a delay, then KILL to whatever is left of it, children that moved to
 * a session of their own included (Linux). The supervisor goes last, so that it can still write the exit code.
 * An attempt that has not started yet never will. Resolves when all is over: true when something was running.
 */
export async function stopAttempt(attempt: StoppableAttempt): Promise<boolean> {
  if (await forbidLaunch(attempt.dir, attempt.token)) return false;
  return endProcesses(attempt);
}

/**
 * As `stopAttempt`, for an attempt that is over: ends the children that its trainer has left behind. False when there
 * are none.
 */
export async function endProcesses({ dir, token, graceMs }: StoppableAttempt): Promise<boolean> {
  const owner = readLaunchOwner(dir);
  const supervisor = owner.kind === 'supervisor' ? owner.pid : null;
  // Without /proc a supervisor that has written its last word is told from a later process of its pid by the file.
  if (process.platform !== 'linux' && readExit(dir) !== null) return false;
  const targets = attemptProcesses(supervisor, token);
  if (targets.length === 0) return false;
  if (supervisor !== null && ownsGroup(supervisor, targets)) signalGroup(supervisor, 'SIGTERM');
  else for (const target of targets) signal(target, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while (performance.now() < deadline) {
    await sleep(Math.min(CHECK_MS, graceMs));
    // The first question is cheap; all of /proc is searched only once the supervisor is gone.
    if (supervisor !== null && isAlive(supervisor, token)) continue;
    if (attemptProcesses(supervisor, token).length === 0) return true;
  }
  await kill(supervisor, token);
  return true;
}

/**
 * True when the attempt had not started, and now never will. An attempt that is committed but not launched yet has no
 * folder, so one is made; but a folder that someone deleted under a running trainer forbids nothing.
 */
async function forbidLaunch(dir: string, token: string): Promise<boolean> {
  if (readLaunchOwner(dir).kind !== 'nobody' || processesWithToken(token).length > 0) return false;
  mkdirSync(dir, { recursive: true });
  return revokeLaunch(dir);
}

async function kill(supervisor: number | null, token: string): Promise<void> {
  let alone = 0;
  for (let check = 0; check < MAX_KILL_CHECKS; check++) {
    const targets = attemptProcesses(supervisor, token);
    if (targets.length === 0) return;
    const others = targets.filter((target) => target !== supervisor);
    if (others.length === 0) alone++;
    for (const target of alone > LAST_WORDS_CHECKS ? targets : others) signal(target, 'SIGKILL');
    await sleep(CHECK_MS);
  }
}
