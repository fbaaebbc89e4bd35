import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { isPostgresUrl } from '../../storage/shown-url.js';
import { storageFile } from '../../storage/url.js';

/** Returns whether a storage URL names a database that is to be made; a server's is there. */
export function isNewFile(url: string): boolean {
  if (isPostgresUrl(url)) return false;
  const file = storageFile(url);
  return file === null || !existsSync(file);
}

/** Returns the folder of a database; none for one in memory or of a server. */
export function databaseFolder(url: string): string[] {
  const file = storageFile(url);
  return file === null ? [] : [dirname(file)];
}
