import { readdirSync, readFileSync } from 'node:fs';
import { bootId, isProcOurs, pidNamespace } from '../../liveness/proc.js';

/**
 * Whether /proc tells of processes: only on Linux, and only under the pids that signals go to. In a PID namespace with
 * the host's /proc it shows others' pids, and nothing is ever found there.
 */
export const HAS_PROC = process.platform === 'linux' && isProcOurs();

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

/** A line of /proc/PID/stat; null when it is none. The program's name in it may hold anything. */
export function parseStat(line: string): ProcessStat | null {
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
export function readStat(pid: number): ProcessStat | null {
  const line = readProc(pid, 'stat');
  return line === null ? null : parseStat(line);
}

/** The environment that it was started with, or what it has written over it; null when it is gone or someone else's. */
export function readEnviron(pid: number): string | null {
  return readProc(pid, 'environ');
}

/** All processes but this one. */
export function allPids(): number[] {
  if (!HAS_PROC) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

/**
 * Where pids of this process mean what they say: this start of the machine, and this PID namespace. Null where nobody
 * can tell.
 */
export function placeOfPids(): string | null {
  return pidNamespace() === '-' ? null : `${bootId()}/pid:[${pidNamespace()}]`;
}

function readProc(pid: number, name: 'environ' | 'stat'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return null;
  }
}
