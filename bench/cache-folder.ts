import { homedir } from 'node:os';
import { join } from 'node:path';

/** Returns a folder for what may be made again, outside the repository. */
export function cacheFolder(...names: readonly string[]): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), ...names);
}
