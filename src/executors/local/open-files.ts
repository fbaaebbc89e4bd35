import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { HAS_PROC } from '../../liveness/proc.js';
import { findProcesses } from './attempt-processes.js';
import { descent } from './descent.js';

/** Bits of a file's flags in /proc that say whether it can be written: O_WRONLY or O_RDWR. */
const WRITABLE = 0b11;

/**
 * Returns whether a process of an attempt has a file below a folder open for writing (Linux). False where /proc does not show
 * it: on other systems, and for processes of another user.
 */
export function isOpenForWriting(folder: string, dir: string, token: string): boolean {
  if (!HAS_PROC) return false;
  const { own } = findProcesses({ dir, token }, descent.known(token));
  return own.some(({ pid }) => openedBelow(folder, pid));
}

function openedBelow(folder: string, pid: number): boolean {
  for (const fd of namesIn(`/proc/${pid}/fd`)) {
    const path = orNull(() => readlinkSync(`/proc/${pid}/fd/${fd}`));
    if (path === null || !path.startsWith(folder + sep)) continue;
    const info = orNull(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'));
    const flags = /^flags:\s*([0-7]+)/m.exec(info ?? '')?.[1];
    if (flags !== undefined && (Number.parseInt(flags, 8) & WRITABLE) !== 0) return true;
  }
  return false;
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
