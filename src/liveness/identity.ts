import { hostname } from 'node:os';
import { bootId, pidNamespace, ticksOf } from './proc.js';

/**
 * Identifies one process among all that ever ran, on any host: `HOST:BOOT:PIDNS:UID:PID:TICKS`. A pid is valid only within its PID
 * namespace, and is reused: the start time in clock ticks distinguishes its processes. It is never a time of day: a suspended
 * laptop has not ended.
 */
export type Identity = {
  /** In A-Z a-z 0-9 . _ -. Null where an earlier version wrote it, as `BOOT:PID:TICKS`. */
  readonly host: string | null;
  readonly boot: string;
  /** The inode of the PID namespace; `-` where there are none (macOS), null where an earlier version wrote it. */
  readonly namespace: string | null;
  readonly uid: number | null;
  readonly pid: number;
  /** Its start time in clock ticks, as /proc shows it; `-` where there is no /proc. */
  readonly ticks: string;
};

const TEXT = /^([\w.-]+):([\w.-]+):(\d+|-):(\d+):(\d+):(\d+|-)$/;
const EARLIER = /^([\w.-]+):(\d+):(\d+|-)$/;
const MAX_HOST_LENGTH = 64;

/** The text of an identity as a regular expression without groups, for file names. */
export const IDENTITY = String.raw`[\w.-]+:(?:[\w.-]+:(?:\d+|-):\d+:)?\d+:(?:\d+|-)`;

let own: string | null = null;

/** Returns the identity of this process; the same text during its whole life. */
export function ownIdentity(): string {
  own ??= [
    thisHost(),
    bootId(),
    pidNamespace(),
    process.getuid?.() ?? 0,
    process.pid,
    ticksOf('self') ?? '-',
  ].join(':');
  return own;
}

/** Returns the identity in a text; null for a text that names no process. */
export function parseIdentity(text: string): Identity | null {
  const found = TEXT.exec(text);
  if (found) {
    const [, host = '', boot = '', namespace = '', uid, pid, ticks = ''] = found;
    return { host, boot, namespace, uid: Number(uid), pid: Number(pid), ticks };
  }
  const [, boot, pid, ticks = ''] = EARLIER.exec(text) ?? [];
  return boot === undefined
    ? null
    : { host: null, boot, namespace: null, uid: null, pid: Number(pid), ticks };
}

/** Returns text for people such as `pid 12 of user 1000 on gpu-3`. */
export function describeIdentity(text: string): string {
  const identity = parseIdentity(text);
  if (identity === null) return 'a process without a name';
  const { host, boot, namespace, uid, pid } = identity;
  const user = uid === null ? '' : ` of user ${uid}`;
  const where = host === null || host === thisHost() ? '' : ` on ${host}`;
  const here = namespace === null || boot !== bootId() || namespace === pidNamespace();
  return `pid ${pid}${user}${where}${here ? '' : ' in another PID namespace (a container)'}`;
}

/** Whether a process runs, or ran, on this machine since it was started. */
export function isOfThisBoot(text: string): boolean {
  return parseIdentity(text)?.boot === bootId();
}

/** Whether a process belongs to another machine, by its name. */
export function isOfAnotherHost(text: string): boolean {
  const identity = parseIdentity(text);
  return identity !== null && identity.host !== null && identity.host !== thisHost() && !isOfThisBoot(text);
}

/** Returns the name of the machine of a process; null where an earlier version wrote it, or nobody can tell. */
export function hostOf(text: string): string | null {
  return parseIdentity(text)?.host ?? null;
}

/** Returns the name of the machine of a process where it is not this one; null where it is, or nobody can tell. */
export function otherHostOf(text: string): string | null {
  const host = hostOf(text);
  return host === thisHost() ? null : host;
}

/** The name of this machine, as identities have it. */
export function thisHost(): string {
  return (
    hostname()
      .replaceAll(/[^\w.-]/g, '_')
      .slice(0, MAX_HOST_LENGTH) || 'no-host-name'
  );
}
