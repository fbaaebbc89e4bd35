import { codeOf } from '../../core/system-error.js';
import { HAS_PROC, type ProcessId, readStat } from '../../liveness/proc.js';
import type { Aliveness } from '../executor.js';
import { pipeState } from './alive-pipe.js';
import { readExit, readLaunchOwner } from './attempt-dir.js';
import { attemptProcesses, isAlive } from './process-tree.js';
import { isRunning, isSupervisedHere, readTrainer, trainerHere } from './trainer-record.js';

/**
 * Returns whether an attempt's trainer or its supervisor still runs. Children that a trainer left behind do not count once
 * its end is known. An attempt that has not started yet, and has no process, counts as ended. Never throws.
 */
export function isAttemptAlive(dir: string, token: string): Aliveness {
  try {
    // Checked before the exit file is read: an attempt that ends in between has written it by then.
    const life = lifeOf(dir, token);
    return life !== 'ended' && readExit(dir) !== null ? 'ended' : life;
  } catch {
    // A folder that cannot be read proves nothing.
    return attemptProcesses(null, token).length > 0 ? 'alive' : 'unknown';
  }
}

function lifeOf(dir: string, token: string): Aliveness {
  const owner = readLaunchOwner(dir);
  const isHere = HAS_PROC || isSupervisedHere(dir);
  const supervisor = owner.kind === 'supervisor' && isHere ? owner.pid : null;
  // The usual answer, and the cheapest.
  if (supervisor !== null && isAlive(supervisor, token)) return 'alive';
  if (owner.kind === 'revoked') return 'ended';
  const pipe = owner.kind === 'supervisor' ? pipeState(dir) : 'none';
  const trainer = trainerHere(dir);
  if (trainer !== null && supervisor !== null && isSupervisor(supervisor, trainer)) return 'alive';
  const trainerLife = trainer === null ? null : isRunning(trainer);
  if (trainerLife === 'alive') return 'alive';
  // Asked after the trainer: where that has ended, the supervisor may be about to write the exit code.
  const isHidden = trainerLife === 'unknown' || (supervisor !== null && isHiddenFromUs(supervisor));
  // /proc shows that both have ended: a process that still has the pipe was left behind.
  if (trainerLife === 'ended' && !isHidden) return 'ended';
  if (pipe === 'held') return 'alive';
  if (pipe === 'free' && trainerLife === null) return hasCarriers(supervisor, token) ? 'alive' : 'ended';
  if (pipe === 'free') return 'ended';
  if (hasCarriers(supervisor, token)) return 'alive';
  if (isHidden || pipe === 'hidden') return 'unknown';
  if (pipe === 'none' && owner.kind === 'supervisor' && !isHere) return 'unknown';
  return supervisor !== null && readTrainer(dir) === null && isOfAnotherUser(supervisor)
    ? 'unknown'
    : 'ended';
}

/** A process that has the supervisor's pid now is the supervisor if it started before its trainer. */
function isSupervisor(pid: number, trainer: ProcessId): boolean {
  const stat = readStat(pid);
  return stat !== null && !stat.isZombie && Number(stat.ticks) <= Number(trainer.ticks);
}

/** Returns whether a process has this pid that /proc does not show to this user (hidepid). */
function isHiddenFromUs(pid: number): boolean {
  return readStat(pid) === null && isOfAnotherUser(pid);
}

function hasCarriers(supervisor: number | null, token: string): boolean {
  return attemptProcesses(supervisor, token).length > 0;
}

/** A process whose environment this user may not read. */
function isOfAnotherUser(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
