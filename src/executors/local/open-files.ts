import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';

/** Bits of a file's flags in /proc that say whether it can be written: O_WRONLY or O_RDWR. */
const WRITABLE = 0b11;

/**
 * Returns the files below a folder that processes have open for writing (Linux). /proc does not show those of another user's
 * processes.
 */
export function openForWriting(folder: string, pids: readonly number[]): readonly string[] {
  return pids.flatMap((pid) => openedBelow(folder, pid));
}

function openedBelow(folder: string, pid: number): readonly string[] {
  return namesIn(`/proc/${pid}/fd`).flatMap((fd) => {
    const path = orNull(() => readlinkSync(`/proc/${pid}/fd/${fd}`));
    if (path === null || !path.startsWith(folder + sep)) return [];
    const info = orNull(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'));
    const flags = /^flags:\s*([0-7]+)/m.exec(info ?? '')?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & WRITABLE) !== 0 ? [path] : [];
  });
}

function namesIn(folder: string): readonly string[] {
  return orNull(() => readdirSync(folder)) ?? [];
}

/** The process, or the file, may be gone at any moment. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
