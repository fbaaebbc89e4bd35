import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../core/system-error.js';
import { HAS_PROC, type ProcessId, parseStat, placeOfPids, readStat } from '../../liveness/proc.js';

/** The trainer's own process, as the supervisor noted it before it became the trainer. */
export type TrainerRecord = ProcessId & {
  /** As `notedPlace` of the orchestrator that started it. */
  readonly place: string;
};

/** Null where there is none, as with earlier versions, on macOS, or when the supervisor was killed before. */
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

/** Marks pids of the host's /proc, which are not those of the PID namespace. */
const BY_THE_HOST = '~';

/** Where a supervisor that is started here runs, as its note of the trainer begins. */
export function notedPlace(): string {
  return `${placeOfPids() ?? '?'}${HAS_PROC ? '' : BY_THE_HOST}`;
}

/** The trainer where its pid means something here; null elsewhere. */
export function trainerHere(dir: string): TrainerRecord | null {
  const trainer = HAS_PROC ? readTrainer(dir) : null;
  return trainer?.place === placeOfPids() ? trainer : null;
}

/** Whether the pid that the supervisor noted is one of this PID namespace: another's may be anybody's here. */
export function isSupervisedHere(dir: string): boolean {
  if (process.platform !== 'linux') return true;
  const place = readTrainer(dir)?.place ?? '?';
  return place === placeOfPids() || place === `${placeOfPids()}${BY_THE_HOST}`;
}

/** Whether a process that was started here still runs: where /proc hides it from this user, nobody can tell. */
export function isRunning({ pid, ticks }: ProcessId): 'alive' | 'ended' | 'unknown' {
  const stat = readStat(pid);
  if (stat !== null) return stat.ticks === ticks && !stat.isZombie ? 'alive' : 'ended';
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM' ? 'unknown' : 'ended';
  }
  // It may have started, or been hidden, only now.
  return 'unknown';
}
