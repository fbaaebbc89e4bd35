import { type Stats, statSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { allPids, type ProcessId, type ProcessStat, readEnviron, readStat } from '../../liveness/proc.js';
import { ALIVE_FD, ALIVE_PIPE } from './alive-pipe.js';
import { readExit, readLaunchOwner } from './attempt-dir.js';
import { KEEP_VARIABLE } from './env.js';
import { carries } from './process-tree.js';
import { readTrainer, type TrainerRecord, trainerHere } from './trainer-record.js';

/** Processes of this machine at one moment, by pid; those that have ended and are not collected yet are none. */
export type Snapshot = ReadonlyMap<number, ProcessStat>;

export type AttemptProcesses = {
  /** What has to end with the attempt. */
  readonly own: readonly ProcessStat[];
  /** What it started to be left running (HPO_KEEP_RUNNING=1), and the children of those. */
  readonly kept: readonly ProcessStat[];
  /** Its supervisor, which is one of `own`, while it runs. */
  readonly supervisor: ProcessStat | null;
};

/** Clock ticks in a second: the unit of /proc, whatever the kernel's own. */
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
 * What is left of an attempt (Linux): whatever has its token in its environment or its pipe open, its supervisor and its
 * trainer, whatever is in their session, what was seen to descend from them, and the children of all of those.
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

/** These processes and all that descend from them, except `without`. */
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

/** The supervisor, known by its token, or because it was there before the trainer that it started. */
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

/** The same process in a snapshot, if it still runs. */
export function same(all: Snapshot, { pid, ticks }: ProcessId): ProcessStat | null {
  const stat = all.get(pid);
  return stat?.ticks === ticks ? stat : null;
}

/**
 * Which processes of the supervisor's session are the attempt's: all while one of them is known to be. Else those that
 * were there before its exit code: then the session's number cannot have been used again.
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
