import { type Stats, statSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { allPids, type ProcessId, type ProcessStat, readEnviron, readStat } from '../../liveness/proc.js';
import { ALIVE_FD, ALIVE_PIPE } from './alive-pipe.js';
import { readExit, readLaunchOwner } from './attempt-dir.js';
import { KEEP_VARIABLE } from './env.js';
import { carries } from './process-tree.js';
import { readTrainer, type TrainerRecord, trainerHere } from './trainer-record.js';

/** Processes of this machine at one moment, by pid, without zombies. */
export type Snapshot = ReadonlyMap<number, ProcessStat>;

export type AttemptProcesses = {
  /** Processes that must end with the attempt. */
  readonly own: readonly ProcessStat[];
  /** Processes that it started to be left running (HPO_KEEP_RUNNING=1), and their children. */
  readonly kept: readonly ProcessStat[];
  /** Its supervisor while it runs; one of `own`. */
  readonly supervisor: ProcessStat | null;
};

/** Clock ticks in a second, the unit of /proc. */
const TICKS_PER_S = 100;
/** The clock by which a file was written may differ from the one that counts ticks. */
const SLACK_TICKS = 200;

export function takeSnapshot(): Snapshot {
  const stats = allPids().map(readStat);
  return new Map(
    stats.flatMap((stat) => (stat === null || stat.isZombie ? [] : [[stat.pid, stat] as const])),
  );
}

/**
 * Returns what is left of an attempt (Linux): processes with its token in their environment or its pipe open, its supervisor
 * and trainer, processes of their session, processes that were seen to descend from them, and the children of all of those.
 */
export function findProcesses(
  { dir, token }: { readonly dir: string; readonly token: string },
  remembered: Iterable<ProcessId> = [],
): AttemptProcesses {
  const all = takeSnapshot();
  const trainer = trainerHere(dir);
  const supervisor = supervisorIn(all, dir, token, trainer);
  const sure = new Set<number>();
  const add = (stat: ProcessStat | null | undefined) => stat && sure.add(stat.pid);
  add(supervisor);
  for (const known of [...remembered, ...(trainer ? [trainer] : [])]) add(same(all, known));
  const pipe = statOrNull(join(dir, ALIVE_PIPE));
  const environs = new Map<number, string>();
  for (const stat of all.values()) {
    const environ = readEnviron(stat.pid) ?? '';
    environs.set(stat.pid, environ);
    if (carries(environ, token) || holds(stat.pid, pipe)) add(stat);
  }
  const isOurs = sessionOf(dir, all, sure, trainer);
  for (const stat of all.values()) if (isOurs(stat)) add(stat);
  const marked = [...all.values()].filter(
    ({ pid }) => pid !== supervisor?.pid && pid !== trainer?.pid && isService(environs.get(pid) ?? ''),
  );
  const kept = descendants(all, new Set(marked.map(({ pid }) => pid)));
  const own = descendants(all, sure, kept);
  const toStats = (pids: ReadonlySet<number>) => [...pids].flatMap((pid) => all.get(pid) ?? []);
  return {
    own: toStats(own),
    kept: toStats(kept).filter(({ session }) => supervisor?.pid === session),
    supervisor,
  };
}

/** Returns these processes and their descendants, except `without`. */
export function descendants(
  all: Snapshot,
  roots: ReadonlySet<number>,
  without: ReadonlySet<number> = new Set(),
): Set<number> {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of all.values()) {
    const siblings = children.get(parent);
    if (siblings) siblings.push(pid);
    else children.set(parent, [pid]);
  }
  const found = new Set<number>();
  const todo = [...roots];
  for (let pid = todo.pop(); pid !== undefined; pid = todo.pop()) {
    if (found.has(pid) || without.has(pid)) continue;
    found.add(pid);
    todo.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** Returns the supervisor, known by its token or because it started before its trainer; null when it has ended. */
export function supervisorIn(
  all: Snapshot,
  dir: string,
  token: string,
  trainer: TrainerRecord | null,
): ProcessStat | null {
  const owner = readLaunchOwner(dir);
  const stat = owner.kind === 'supervisor' && owner.pid !== null ? all.get(owner.pid) : undefined;
  if (!stat) return null;
  const wasFirst = trainer !== null && Number(stat.ticks) <= Number(trainer.ticks);
  return wasFirst || carries(readEnviron(stat.pid) ?? '', token) ? stat : null;
}

/** Returns the same process in a snapshot; null when it has ended. */
export function same(all: Snapshot, { pid, ticks }: ProcessId): ProcessStat | null {
  const stat = all.get(pid);
  return stat?.ticks === ticks ? stat : null;
}

/**
 * Returns which processes of the supervisor's session belong to the attempt: all, while one of them is known to. Otherwise
 * those that started before the exit code was written: then the session's number cannot have been reused.
 */
function sessionOf(
  dir: string,
  all: Snapshot,
  sure: ReadonlySet<number>,
  trainer: TrainerRecord | null,
): (stat: ProcessStat) => boolean {
  const owner = readLaunchOwner(dir);
  const session = owner.kind === 'supervisor' ? owner.pid : null;
  if (session === null || (trainer === null && readTrainer(dir) !== null)) return () => false;
  if ([...sure].some((pid) => all.get(pid)?.session === session)) return (stat) => stat.session === session;
  const exit = readExit(dir);
  if (trainer === null || exit === null) return () => false;
  const lastTick = (uptime() + (exit.finishedAtMs - Date.now()) / 1000) * TICKS_PER_S + SLACK_TICKS;
  return (stat) =>
    stat.session === session && Number(stat.ticks) >= Number(trainer.ticks) && Number(stat.ticks) <= lastTick;
}

function isService(environ: string): boolean {
  return `\0${environ}\0`.includes(`\0${KEEP_VARIABLE}=1\0`);
}

function holds(pid: number, pipe: Stats | null): boolean {
  if (pipe === null) return false;
  const file = statOrNull(`/proc/${pid}/fd/${ALIVE_FD}`);
  return file !== null && file.ino === pipe.ino && file.dev === pipe.dev;
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
