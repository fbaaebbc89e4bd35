import { readFileSync } from 'node:fs';

/**
 * Who watches an attempt: `BOOT:PID:TICKS`. A process is named by its boot, pid and start time in clock ticks, never by
 * a time of day: a suspended laptop is not dead, and a pid is used again.
 */
export function thisOwner(): string {
  return `${bootId()}:${process.pid}:${startTicks(process.pid) ?? '-'}`;
}

/** Whether the owner still runs on this machine. Without /proc (macOS) the pid alone decides. */
export function isOwnerAlive(owner: string): boolean {
  const [boot, pid, ticks] = owner.split(':');
  if (boot !== bootId()) return false;
  const now = startTicks(Number(pid));
  if (now !== null) return now === ticks;
  return ticks === '-' && answersSignals(Number(pid));
}

let boot: string | null = null;
function bootId(): string {
  boot ??= read('/proc/sys/kernel/random/boot_id')?.trim() ?? 'no-boot-id';
  return boot;
}

/**
 * Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and parentheses, so count after the last one. Null
 * for a zombie: a process that was killed is over, though nobody may ever collect it (a container without an init).
 */
function startTicks(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
