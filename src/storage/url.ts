import { isAbsolute, resolve } from 'node:path';
import { usageError } from '../core/errors.js';

/**
 * The absolute path of the file a storage URL names, or `:memory:`. Relative paths start at `cwd`.
 * Accepted: `sqlite:FILE`; `sqlite:///FILE`, as Optuna writes it (`sqlite:////abs` when absolute); a path that ends in
 * `.db`, `.sqlite` or `.sqlite3`; `memory:`.
 * @throws HpoError storage.bad-url (usage).
 */
export function parseStorageUrl(url: string, cwd: string = process.cwd()): string {
  if (url === 'memory:') return ':memory:';
  const file = /^sqlite:(?:\/\/\/)?(?!\/\/)(.+)$/s.exec(url)?.[1] ?? barePath(url);
  // Optuna would read the part after `?` as options, so one URL must not mean two files.
  if (file === undefined || /[?\0]/.test(file) || file.includes(':memory:')) throw badUrl(url);
  return isAbsolute(file) ? file : resolve(cwd, file);
}

/** Text with a scheme is another program's URL, whatever it ends in. */
function barePath(url: string): string | undefined {
  return /^[\w+.-]+:/.test(url) || !/[^/]\.(?:db|sqlite3?)$/s.test(url) ? undefined : url;
}

function badUrl(url: string) {
  return usageError('storage.bad-url', `expected a storage URL, got ${JSON.stringify(url)}`, {
    fix: 'use sqlite:FILE, a path that ends in .db, .sqlite or .sqlite3, sqlite:///FILE (sqlite:////FILE with an absolute path), or memory:',
  });
}
