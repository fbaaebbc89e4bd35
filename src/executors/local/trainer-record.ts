import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../core/system-error.js';
import { HAS_PROC, type ProcessId, parseStat, placeOfPids, readStat } from '../../liveness/proc.js';

/** The trainer's process, as the supervisor noted it before it became the trainer. */
export type TrainerRecord = ProcessId & {
  /** In the form of `notedPlace`, of the orchestrator that started it. */
  readonly place: string;
};

/** Returns null where there is no note: with earlier versions, on macOS, or when the supervisor was killed before it. */
export function readTrainer(dir: string): TrainerRecord | null {
  let text: string;
  try {
    text = readFileSync(join(dir, 'trainer'), 'latin1');
  } catch {
    return null;
  }
  if (!text.endsWith('\n')) return null;
  const at = text.indexOf(' ');
  const stat = parseStat(text.slice(at + 1, -1));
  return stat && { place: text.slice(0, at), pid: stat.pid, ticks: stat.ticks };
}

/** Marks pids of the host's /proc, which differ from those of the PID namespace. */
const BY_THE_HOST = '~';

/** Returns where a supervisor runs that is started here: the beginning of its note of the trainer. */
export function notedPlace(): string {
  return `${placeOfPids() ?? '?'}${HAS_PROC ? '' : BY_THE_HOST}`;
}

/** Returns the trainer where its pid is valid here; null elsewhere. */
export function trainerHere(dir: string): TrainerRecord | null {
  const trainer = HAS_PROC ? readTrainer(dir) : null;
  return trainer?.place === placeOfPids() ? trainer : null;
}

/** Returns whether the supervisor's pid belongs to this PID namespace. From another namespace, the same number may be any process here. */
export function isSupervisedHere(dir: string): boolean {
  if (process.platform !== 'linux') return true;
  const place = readTrainer(dir)?.place ?? '?';
  return place === placeOfPids() || place === `${placeOfPids()}${BY_THE_HOST}`;
}

/** Returns whether a process that was started here still runs. Where /proc hides it from this user, nobody can tell. */
export function isRunning({ pid, ticks }: ProcessId): 'alive' | 'ended' | 'unknown' {
  const stat = readStat(pid);
  if (stat !== null) return stat.ticks === ticks && !stat.isZombie ? 'alive' : 'ended';
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM' ? 'unknown' : 'ended';
  }
  // It may have started, or been hidden, only just now.
  return 'unknown';
}
