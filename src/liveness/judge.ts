import { type Identity, ownIdentity, parseIdentity, thisHost } from './identity.js';
import { bootId, isPidTaken, isProcOurs, isShown, pidNamespace, ticksOf } from './proc.js';

/** `unknown`: the process cannot be seen from here, which never means that it has ended. */
export type Verdict = 'alive' | 'ended' | 'unknown';

/** Returns whether a process lives, by its pid and /proc alone, without a lock. */
export function judgeBySight(owner: string): Verdict {
  if (owner === ownIdentity()) return 'alive';
  const identity = parseIdentity(owner);
  if (identity === null) return 'ended';
  if (identity.namespace === null) return judgeEarlier(identity);
  if (identity.boot !== bootId()) return identity.host === thisHost() ? 'ended' : 'unknown';
  if (identity.namespace !== pidNamespace()) return 'unknown';
  return judgePid(identity);
}

/** Returns whether a process of this PID namespace has the pid of an owner; it may be another one. */
export function isPidSeen(owner: string): boolean {
  const identity = parseIdentity(owner);
  ownNamespace ??= pidNamespace();
  if (identity === null || identity.boot !== bootId() || identity.namespace !== ownNamespace) return false;
  return isPidTaken(identity.pid);
}

let ownNamespace: string | null = null;

/** A process of this boot and this PID namespace. */
function judgePid({ pid, ticks }: Identity): Verdict {
  if (!isPidTaken(pid)) return 'ended';
  if (ticks === '-') return 'alive';
  if (!isProcOurs()) return 'unknown';
  const now = ticksOf(pid);
  if (now !== null) return now === ticks ? 'alive' : 'ended';
  // A zombie, a process that has just ended, or one of another user that /proc hides.
  return isShown(pid) || !isPidTaken(pid) ? 'ended' : 'unknown';
}

/** Judges `BOOT:PID:TICKS` of an earlier version as that version did: what cannot be seen has ended. */
function judgeEarlier({ boot, pid, ticks }: Identity): Verdict {
  if (boot !== bootId()) return 'ended';
  const now = ticksOf(pid);
  if (now !== null) return now === ticks ? 'alive' : 'ended';
  return ticks === '-' && isPidTaken(pid) ? 'alive' : 'ended';
}
