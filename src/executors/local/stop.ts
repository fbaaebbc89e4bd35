import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HAS_PROC, type ProcessId, readStat } from '../../liveness/proc.js';
import { readExit, readLaunchOwner, revokeLaunch } from './attempt-dir.js';
import { type AttemptProcesses, findProcesses } from './attempt-processes.js';
import { descent } from './descent.js';
import { takesSignals } from './out-of-reach.js';
import { processesWithToken, signal, signalGroup } from './process-tree.js';
import { isSupervisedHere } from './trainer-record.js';

const CHECK_MS = 20;
/** All of /proc is searched so often while what was found before still runs. */
const SEARCH_MS = 200;
/** How long the supervisor has to write its trainer's end once everything else is gone. */
const LAST_WORDS_MS = 500;
/** How long a process may take to die of a KILL: one that waits for a dead disk or driver does not. */
export const DEFAULT_KILL_WAIT_MS = 10_000;

/** An attempt as any process of this machine finds it, `hpo stop` included. */
export type StoppableAttempt = {
  readonly dir: string;
  readonly token: string;
  /** Between the polite TERM and the KILL. */
  readonly graceMs: number;
  readonly killWaitMs?: number;
};

/** `ran`: something was running. `stuck`: pids that no signal could end in time, or that take none of this user; they still run. */
export type Stopped = { readonly ran: boolean; readonly stuck: readonly number[] };

const NOTHING_RAN: Stopped = { ran: false, stuck: [] };

/**
 * Ends an attempt: TERM to its process group and to whatever left it, a delay, then KILL to what remains. The supervisor
 * goes last, so that it can still write the exit code. An attempt that has not started yet never will. Resolves when all
 * is over, or nothing more can be done.
 */
export async function stopAttempt(attempt: StoppableAttempt): Promise<Stopped> {
  if (await forbidLaunch(attempt.dir, attempt.token)) return NOTHING_RAN;
  return endProcesses(attempt);
}

/** As `stopAttempt`, for an attempt that is over: ends the children that its trainer has left behind. */
export async function endProcesses(attempt: StoppableAttempt): Promise<Stopped> {
  if (!HAS_PROC) return endGroup(attempt);
  const { graceMs } = attempt;
  let found = find(attempt);
  if (found.own.length === 0) return NOTHING_RAN;
  // Nothing that this user sends reaches any of them.
  if (!found.own.some(({ pid }) => takesSignals(pid)))
    return { ran: true, stuck: found.own.map(({ pid }) => pid) };
  terminate(found);
  const deadlineMs = performance.now() + graceMs;
  while (performance.now() < deadlineMs) {
    await sleep(Math.min(CHECK_MS, graceMs));
    // What is known is asked cheaply; all of /proc is searched only once that is gone.
    if (found.own.some(runs)) continue;
    found = find(attempt);
    if (found.own.length === 0) return { ran: true, stuck: [] };
    terminate(found);
  }
  return { ran: true, stuck: await kill(attempt) };
}

function find(attempt: StoppableAttempt): AttemptProcesses {
  return findProcesses(attempt, descent.known(attempt.token));
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

/** The group as a whole, so that nobody in it misses the signal, unless one of them is to be left running. */
function terminate({ own, kept, supervisor }: AttemptProcesses): void {
  const group = supervisor?.pid ?? null;
  const isWhole = group !== null && !kept.some((each) => each.group === group);
  if (isWhole) signalGroup(group, 'SIGTERM');
  for (const each of own) if (!isWhole || each.group !== group) send(each, 'SIGTERM');
}

/** The pids that outlive it. */
async function kill(attempt: StoppableAttempt): Promise<readonly number[]> {
  const deadlineMs = performance.now() + (attempt.killWaitMs ?? DEFAULT_KILL_WAIT_MS);
  let aloneSinceMs: number | null = null;
  for (;;) {
    const { own, supervisor } = find(attempt);
    if (own.length === 0) return [];
    const others = own.filter(({ pid }) => pid !== supervisor?.pid);
    if (others.length === 0) aloneSinceMs ??= performance.now();
    const hadTime = aloneSinceMs !== null && performance.now() - aloneSinceMs > LAST_WORDS_MS;
    const targets = hadTime ? own : others;
    for (const target of targets) send(target, 'SIGKILL');
    if (performance.now() > deadlineMs) return (others.length > 0 ? others : own).map(({ pid }) => pid);
    const searchAtMs = performance.now() + SEARCH_MS;
    do await sleep(CHECK_MS);
    while (performance.now() < searchAtMs && own.some(runs));
  }
}

/** Its pid may be another's since it was found. */
function send(target: ProcessId, name: NodeJS.Signals): void {
  if (runs(target)) signal(target.pid, name);
}

function runs({ pid, ticks }: ProcessId): boolean {
  const stat = readStat(pid);
  return stat !== null && stat.ticks === ticks && !stat.isZombie;
}

/** Without /proc only the supervisor's group is known. */
async function endGroup({
  dir,
  graceMs,
  killWaitMs = DEFAULT_KILL_WAIT_MS,
}: StoppableAttempt): Promise<Stopped> {
  const owner = readLaunchOwner(dir);
  const group = owner.kind === 'supervisor' && isSupervisedHere(dir) ? owner.pid : null;
  // A supervisor that has written its last word is told from a later process of its pid by the file.
  if (group === null || readExit(dir) !== null || !signalGroup(group, 'SIGTERM')) return NOTHING_RAN;
  const graceEndsMs = performance.now() + graceMs;
  const deadlineMs = graceEndsMs + killWaitMs;
  while (performance.now() < deadlineMs) {
    await sleep(CHECK_MS);
    if (!signalGroup(group, performance.now() < graceEndsMs ? 0 : 'SIGKILL')) return { ran: true, stuck: [] };
  }
  return { ran: true, stuck: [group] };
}
