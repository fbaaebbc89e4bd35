import { accessSync, type BigIntStatsFs, constants, statfsSync } from 'node:fs';
import { codeOf } from '../../core/system-error.js';

/** Nothing is launched with less free space than this, or less than a twentieth of a very small disk. */
const LAUNCH_BYTES = 4n * 1024n * 1024n;

/** `low`: hardly anything is free. `full`: nothing is. */
export type Space = { readonly low: boolean; readonly full: boolean };

/** Returns the free space of a folder's file system. Null when it is unknown: then a failing write shows it. */
export function spaceIn(folder: string): Space | null {
  let found: BigIntStatsFs;
  try {
    found = statfsSync(folder, { bigint: true });
  } catch {
    return null;
  }
  const { bsize, blocks, files, ffree } = found;
  // A file system reserves some space for the administrator alone.
  const free = (process.getuid?.() === 0 ? found.bfree : found.bavail) * bsize;
  const total = blocks * bsize;
  const needed = total / 20n < LAUNCH_BYTES ? total / 20n : LAUNCH_BYTES;
  // Some file systems count no files, and some (overlays, /proc) no blocks.
  const noFiles = files > 0n && ffree === 0n;
  return {
    low: noFiles || (total > 0n && free < needed),
    full: noFiles || (total > 0n && free < bsize),
  };
}

/** Whether a folder is there and cannot be written: its disk became read-only after an error, or its rights were taken. */
export function isUnwritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    const code = codeOf(error);
    // A missing folder is created again by the next write.
    return code === 'EROFS' || code === 'EACCES' || code === 'EIO';
  }
}
