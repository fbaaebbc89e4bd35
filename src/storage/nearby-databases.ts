import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';

const MAX_FILES = 50;
/** The names of the tables are in the first pages of a file. */
const HEAD_BYTES = 256 * 1024;
const MAGIC = 'SQLite format 3\0';

/** Returns the names of the databases of hpo in a folder, for messages. It reads the beginnings of files, and locks nothing. */
export function databasesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:db|sqlite3?)$/.test(entry.name))
      .map(({ name }) => name);
  } catch {
    return [];
  }
  return names
    .sort()
    .slice(0, MAX_FILES)
    .filter((name) => isOurs(join(folder, name)));
}

/** Folders above that are looked at. */
const MAX_LEVELS = 8;

/** Returns the nearest folder above `from` that has a database of hpo where `path` has none below `from`; null where none has. */
export function folderAbove(path: string, from: string): string | null {
  const place = relative(from, path);
  if (isAbsolute(place) || place.startsWith('..')) return null;
  let folder = dirname(from);
  for (let level = 0; level < MAX_LEVELS && folder !== dirname(folder); level++) {
    if (isOurs(join(folder, place))) return folder;
    folder = dirname(folder);
  }
  return null;
}

function isOurs(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(HEAD_BYTES);
      const head = bytes.subarray(0, readSync(file, bytes, 0, HEAD_BYTES, 0)).toString('latin1');
      return head.startsWith(MAGIC) && head.includes('hpo_studies');
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
