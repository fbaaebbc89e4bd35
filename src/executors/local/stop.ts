import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HAS_PROC, type ProcessId, readStat } from '../../liveness/proc.js';
import { readExit, readLaunchOwner, revokeLaunch } from './attempt-dir.js';
import { type AttemptProcesses, findProcesses } from './attempt-processes.js';
import { descent } from './descent.js';
import { releaseHeld } from './hold.js';
import { takesSignals } from './out-of-reach.js';
import { processesWithToken, signal, signalGroup } from './process-tree.js';
import { isSupervisedHere } from './trainer-record.js';

/** How often known processes are checked. */
const CHECK_MS = 20;
/** How often all of /proc is searched while what was found before still runs. */
const SEARCH_MS = 200;
/** How long the supervisor has to write the exit code once everything else has ended. */
const WRITE_EXIT_MS = 500;

/** How long an attempt has to end, in milliseconds. */
export type StopTimes = {
  /** Between TERM and KILL. */
  readonly graceMs: number;
  /** After KILL, before a process counts as stuck: one that waits for a dead disk or driver does not end. */
  readonly killWaitMs: number;
};

export const DEFAULT_STOP_TIMES: StopTimes = { graceMs: 5000, killWaitMs: 10_000 };

/** An attempt as any process of this machine finds it. */
export type StoppableAttempt = StopTimes & {
  readonly dir: string;
  readonly token: string;
};

/**
 * `ran`: something was running. `stuck`: pids of processes that still run, since no signal ended them in time or they take
 * no signals of this user.
 */
export type Stopped = { readonly ran: boolean; readonly stuck: readonly number[] };

const NOTHING_RAN: Stopped = { ran: false, stuck: [] };

/**
 * Ends an attempt: TERM to its process group and to whatever left the group, a delay, then KILL to what remains. The
 * supervisor is ended last, so that it can still write the exit code. An attempt that has not started yet never will.
 * Resolves when everything has ended, or nothing more can be done.
 */
export async function stopAttempt(attempt: StoppableAttempt): Promise<Stopped> {
  if (await forbidLaunch(attempt.dir, attempt.token)) return NOTHING_RAN;
  return endProcesses(attempt);
}

/** Does what `stopAttempt` does for an attempt that is over: it ends the children that its trainer left behind. */
export async function endProcesses(attempt: StoppableAttempt): Promise<Stopped> {
  if (!HAS_PROC) return endGroup(attempt);
  const { graceMs } = attempt;
  let found = find(attempt);
  if (found.own.length === 0) return NOTHING_RAN;
  // No signal of this user reaches any of them.
  if (!found.own.some(({ pid }) => takesSignals(pid)))
    return { ran: true, stuck: found.own.map(({ pid }) => pid) };
  terminate(found);
  const deadlineMs = performance.now() + graceMs;
  while (performance.now() < deadlineMs) {
    // A signal reaches a process only once it continues.
    releaseHeld(attempt);
    await sleep(Math.min(CHECK_MS, graceMs));
    // Known processes are cheap to check. All of /proc is searched only once they have ended.
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
 * Returns true when the attempt had not started, and now never will. An attempt that is committed but not launched has no
 * folder yet, so one is made. A folder that somebody deleted under a running trainer forbids nothing.
 */
async function forbidLaunch(dir: string, token: string): Promise<boolean> {
  if (readLaunchOwner(dir).kind !== 'nobody' || processesWithToken(token).length > 0) return false;
  mkdirSync(dir, { recursive: true });
  return revokeLaunch(dir);
}

/** Signals the group as a whole, so that no member misses it, unless one of them is to be left running. */
function terminate({ own, kept, supervisor }: AttemptProcesses): void {
  const group = supervisor?.pid ?? null;
  const isWhole = group !== null && !kept.some((each) => each.group === group);
  if (isWhole) signalGroup(group, 'SIGTERM');
  for (const each of own) if (!isWhole || each.group !== group) send(each, 'SIGTERM');
}

/** Returns the pids that outlive it. */
async function kill(attempt: StoppableAttempt): Promise<readonly number[]> {
  const deadlineMs = performance.now() + attempt.killWaitMs;
  let aloneSinceMs: number | null = null;
  for (;;) {
    const { own, supervisor } = find(attempt);
    if (own.length === 0) return [];
    const others = own.filter(({ pid }) => pid !== supervisor?.pid);
    if (others.length === 0) aloneSinceMs ??= performance.now();
    const hadTime = aloneSinceMs !== null && performance.now() - aloneSinceMs > WRITE_EXIT_MS;
    const targets = hadTime ? own : others;
    for (const target of targets) send(target, 'SIGKILL');
    if (performance.now() > deadlineMs) return (others.length > 0 ? others : own).map(({ pid }) => pid);
    const searchAtMs = performance.now() + SEARCH_MS;
    do await sleep(CHECK_MS);
    while (performance.now() < searchAtMs && own.some(runs));
  }
}

/** Checks first: since the process was found, its pid may have passed to another one. */
function send(target: ProcessId, name: NodeJS.Signals): void {
  if (runs(target)) signal(target.pid, name);
}

function runs({ pid, ticks }: ProcessId): boolean {
  const stat = readStat(pid);
  return stat !== null && stat.ticks === ticks && !stat.isZombie;
}

/** Without /proc only the supervisor's group is known. */
async function endGroup({ dir, graceMs, killWaitMs }: StoppableAttempt): Promise<Stopped> {
  const owner = readLaunchOwner(dir);
  const group = owner.kind === 'supervisor' && isSupervisedHere(dir) ? owner.pid : null;
  // The exit file distinguishes a supervisor that has ended from a later process of its pid.
  if (group === null || readExit(dir) !== null || !signalGroup(group, 'SIGTERM')) return NOTHING_RAN;
  const graceEndsMs = performance.now() + graceMs;
  const deadlineMs = graceEndsMs + killWaitMs;
  while (performance.now() < deadlineMs) {
    await sleep(CHECK_MS);
    if (!signalGroup(group, performance.now() < graceEndsMs ? 0 : 'SIGKILL')) return { ran: true, stuck: [] };
  }
  return { ran: true, stuck: [group] };
}
