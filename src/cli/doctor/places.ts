import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

/** A folder, or the nearest one above it that is there. */
export function nearestFolder(folder: string): string {
  let near = folder;
  while (!existsSync(near) && near !== dirname(near)) near = dirname(near);
  return near;
}
