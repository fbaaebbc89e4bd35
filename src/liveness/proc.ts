import { readFileSync, readlinkSync } from 'node:fs';

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
 * Whether /proc shows the processes of this PID namespace under the pids that signals go to. In a namespace that was
 * made without mounting /proc again it shows those of the host: a pid read there must never get a signal.
 */
export function isProcOurs(): boolean {
  return link('/proc/self') === String(process.pid);
}

/**
 * When a process of this /proc began, in clock ticks. Null when it is not there, is hidden, or is a zombie: a process
 * that was killed is over, though nobody may ever collect it (a container without an init).
 */
export function ticksOf(pid: number | 'self'): string | null {
  const stat = read(`/proc/${pid}/stat`);
  // Field 22; the name in field 2 may hold spaces and parentheses, so count after the last one.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

/** Whether /proc shows anything of a process, be it a zombie. */
export function isShown(pid: number): boolean {
  return read(`/proc/${pid}/stat`) !== null;
}

/** Whether this PID namespace holds a process of this pid, whoever owns it and whatever /proc hides. */
export function isPidTaken(pid: number): boolean {
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

function link(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}
