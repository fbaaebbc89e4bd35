import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing.
 *
 * One by one: mkdir's own `recursive` never returns where the kernel says ENOENT of a folder that is there (/proc).
 * @throws the system's error.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (folder !== dirname(folder)) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

/** Returns a folder, or the nearest one above it that exists. */
export function nearestFolder(folder: string): string {
  let near = folder;
  while (!existsSync(near) && near !== dirname(near)) near = dirname(near);
  return near;
}
