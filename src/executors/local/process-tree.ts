import { codeOf } from '../../core/system-error.js';
import { allPids, HAS_PROC, readEnviron, readStat } from '../../liveness/proc.js';
import { OUTER_TOKENS_VARIABLE, TOKEN_VARIABLE } from './env.js';

/**
 * The random token in their environment identifies the processes of an attempt. Children inherit it, and no later process
 * of the same pid can have it. Linux shows it in /proc. Elsewhere (macOS) only the supervisor's process group is known:
 * children that left it are not found, and a reused pid could be mistaken for it.
 */

/** Returns the processes on this machine that carry the token, except this one. Empty where there is no /proc. */
export function processesWithToken(token: string): number[] {
  return HAS_PROC && token !== '' ? allPids().filter((pid) => carriesToken(pid, token)) : [];
}

/** Returns whether the supervisor with this pid still runs. */
export function isAlive(pid: number, token: string): boolean {
  return HAS_PROC ? carriesToken(pid, token) : signalGroup(pid, 0);
}

/**
 * Returns targets for `process.kill` that make up what is left of an attempt: processes that carry the token and, while one
 * of them is in the supervisor's process group, the rest of that group (a child may have cleared its environment). On other
 * systems than Linux: the whole group as one (negative) target.
 */
export function attemptProcesses(supervisor: number | null, token: string): number[] {
  if (!HAS_PROC) return supervisor !== null && signalGroup(supervisor, 0) ? [-supervisor] : [];
  if (token === '') return [];
  const pids = allPids();
  const carriers = new Set(pids.filter((pid) => carriesToken(pid, token)));
  if (supervisor === null || ![...carriers].some((pid) => groupOf(pid) === supervisor)) return [...carriers];
  return pids.filter((pid) => carriers.has(pid) || groupOf(pid) === supervisor);
}

/**
 * Returns the token of the attempt that a process belongs to: its own, else that of the leader of its group, which may have
 * started it with another environment. Null when it belongs to none, has ended, or belongs to another user.
 */
export function tokenOf(pid: number): string | null {
  const own = carriedToken(pid);
  if (own !== null) return own;
  const group = groupOf(pid);
  return group === null ? null : carriedToken(group);
}

function carriedToken(pid: number): string | null {
  const entry = readEnviron(pid)
    ?.split('\0')
    .find((each) => each.startsWith(`${TOKEN_VARIABLE}=`));
  return entry?.slice(TOKEN_VARIABLE.length + 1) || null;
}

/** Returns whether the supervisor's group is the attempt's own, so that a signal to it reaches nobody else. */
export function ownsGroup(supervisor: number, targets: readonly number[]): boolean {
  return HAS_PROC ? targets.some((pid) => groupOf(pid) === supervisor) : targets.length > 0;
}

/** Sends a signal. False when no process received it. */
export function signal(target: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, name);
  } catch (error) {
    // EPERM: it lives, but as another user, so this user cannot end it.
    return codeOf(error) === 'EPERM';
  }
}

/** Sends a signal to a process group. */
export function signalGroup(group: number, name: NodeJS.Signals | 0): boolean {
  return signal(-group, name);
}

/** A zombie has an empty environment, so it does not count as running. */
function carriesToken(pid: number, token: string): boolean {
  const environ = readEnviron(pid);
  return environ !== null && carries(environ, token);
}

/** Returns whether an environment has the token as its attempt's, or as an outer attempt's (a sweep within a trial). */
export function carries(environ: string, token: string): boolean {
  if (token === '' || !environ.includes(token)) return false;
  return environ.split('\0').some((entry) => {
    if (entry === `${TOKEN_VARIABLE}=${token}`) return true;
    const outer = `${OUTER_TOKENS_VARIABLE}=`;
    return entry.startsWith(outer) && entry.slice(outer.length).split(',').includes(token);
  });
}

/** Null when the process has ended or is hidden. */
function groupOf(pid: number): number | null {
  const stat = readStat(pid);
  return stat === null || stat.isZombie ? null : stat.group;
}
