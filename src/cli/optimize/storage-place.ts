import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseStorageUrl } from '../../storage/url.js';

/** Returns whether a storage URL names a database that is to be made. */
export function isNewFile(url: string): boolean {
  return isMemory(url) || !existsSync(parseStorageUrl(url));
}

/** Returns the folder of a database; none for one in memory. */
export function databaseFolder(url: string): string[] {
  return isMemory(url) ? [] : [dirname(parseStorageUrl(url))];
}

function isMemory(url: string): boolean {
  return parseStorageUrl(url) === ':memory:';
}
