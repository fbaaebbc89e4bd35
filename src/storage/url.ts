import path from 'node:path';
import { usageError } from '../core/errors.js';
import { hidePassword, isPostgresUrl } from './shown-url.js';

/**
 * Returns the absolute path of the file that a storage URL names; null for one in memory and for a server.
 * @throws HpoError storage.bad-url (usage).
 */
export function storageFile(url: string): string | null {
  if (isPostgresUrl(url)) return null;
  const path = parseStorageUrl(url);
  return path === ':memory:' ? null : path;
}

/**
 * The absolute path of the file a storage URL names, or `:memory:`. Relative paths start at `cwd`.
 * Accepted: `sqlite:FILE`; `sqlite:///FILE`, as Optuna writes it (`sqlite:////abs` when absolute); a path that ends in
 * `.db`, `.sqlite` or `.sqlite3`; `memory:`.
 * @throws HpoError storage.bad-url (usage).
 */
export function parseStorageUrl(
  url: string,
  cwd: string = process.cwd(),
  { isAbsolute, resolve, sep }: Pick<typeof path, 'isAbsolute' | 'resolve' | 'sep'> = path,
): string {
  if (url === 'memory:') return ':memory:';
  const file = /^sqlite:(?:\/\/\/)?(?!\/\/)(.+)$/s.exec(url)?.[1] ?? barePath(url, sep);
  // Optuna would read the part after `?` as options, so one URL must not mean two files.
  if (file === undefined || /[?\0]/.test(file) || file.includes(':memory:')) throw badUrl(url);
  return isAbsolute(file) ? file : resolve(cwd, file);
}

/** Text with a scheme is another program's URL, whatever it ends in. On Windows one letter is a drive. */
function barePath(url: string, separator: string): string | undefined {
  const isDrive = separator === '\\' && /^[a-z]:[\\/]/i.test(url);
  const hasScheme = /^[\w+.-]+:/.test(url) && !isDrive;
  return hasScheme || !/[^/]\.(?:db|sqlite3?)$/s.test(url) ? undefined : url;
}

function badUrl(url: string) {
  return usageError('storage.bad-url', `expected a storage URL, got ${JSON.stringify(hidePassword(url))}`, {
    fix: 'use sqlite:FILE, a path that ends in .db, .sqlite or .sqlite3, sqlite:///FILE (sqlite:////FILE with an absolute path), postgresql://USER@HOST/DATABASE, or memory:',
  });
}
