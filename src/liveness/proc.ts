import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { codeOf } from '../core/system-error.js';

/** A process for as long as this machine is up: its pid may be another's later, but not with the same start. */
export type ProcessId = {
  readonly pid: number;
  /** Clock ticks between the machine's start and its own, as /proc writes them. */
  readonly ticks: string;
};

export type ProcessStat = ProcessId & {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** It has ended and nobody has collected it yet. */
  readonly isZombie: boolean;
};

let boot: string | null = null;

export function bootId(): string {
  boot ??= read('/proc/sys/kernel/random/boot_id')?.trim() ?? 'no-boot-id';
  return boot;
}

/** The inode of this process's PID namespace; `-` where there is none. */
export function pidNamespace(): string {
  return /^pid:\[(\d+)\]$/.exec(link('/proc/self/ns/pid') ?? '')?.[1] ?? '-';
}

/**
 * Where the pids that this process reads are valid: this start of the machine, and this PID namespace. Null where
 * nobody can tell.
 */
export function placeOfPids(): string | null {
  return pidNamespace() === '-' ? null : `${bootId()}/pid:[${pidNamespace()}]`;
}

/**
 * Whether /proc shows the processes of this PID namespace under the pids that signals go to. In a namespace that was
 * made without mounting /proc again it shows those of the host: a pid read there must never get a signal.
 */
export function isProcOurs(): boolean {
  return link('/proc/self') === String(process.pid);
}

/**
 * Whether processes are looked for in /proc: only on Linux, and only where its pids are those that signals go to. With
 * the host's /proc nothing is ever found there.
 */
export const HAS_PROC = process.platform === 'linux' && isProcOurs();

/** Returns what a line of /proc/PID/stat says; null when it is none. */
export function parseStat(line: string): ProcessStat | null {
  // The name in field 2 may hold spaces and parentheses, so count from field 3, after the last parenthesis.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const pid = Number.parseInt(line, 10);
  const [state = '', parent, group, session] = fields;
  const ticks = fields[19];
  if (!Number.isInteger(pid) || ticks === undefined || !/^\d+$/.test(ticks)) return null;
  return {
    pid,
    ticks,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    isZombie: state === 'Z' || state === 'X',
  };
}

/** Null when the process is gone or hidden. */
export function readStat(pid: number | 'self'): ProcessStat | null {
  const line = read(`/proc/${pid}/stat`);
  return line === null ? null : parseStat(line);
}

/**
 * When a process of this /proc began, in clock ticks. Null when it is not there, is hidden, or is a zombie: a process
 * that was killed is over, though nobody may ever collect it (a container without an init).
 */
export function ticksOf(pid: number | 'self'): string | null {
  const stat = readStat(pid);
  return stat === null || stat.isZombie ? null : stat.ticks;
}

/** Whether /proc shows anything of a process, be it a zombie. */
export function isShown(pid: number): boolean {
  return read(`/proc/${pid}/stat`) !== null;
}

/** The environment that it was started with, or what it has written over it; null when it is gone or someone else's. */
export function readEnviron(pid: number): string | null {
  return read(`/proc/${pid}/environ`);
}

/** All processes but this one; none where there is no /proc. */
export function allPids(): number[] {
  if (!HAS_PROC) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

/** Whether this PID namespace has a process with this pid, of any owner, even if /proc hides it. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** As bytes: names and environments may be in any encoding. */
function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}

function link(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}

/** Milliseconds since this machine was started, those asleep included: no change of the time of day moves it. */
export function uptimeMs(): number {
  const [seconds = ''] = (read('/proc/uptime') ?? '').split(' ');
  return seconds === '' ? performance.now() : Math.round(Number(seconds) * 1000);
}
