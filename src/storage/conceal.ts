import { keepPassword, knownPassword } from './postgres/secrets.js';
import { passwordIn } from './postgres/target.js';
import { hidePassword, isPostgresUrl } from './shown-url.js';

/**
 * Returns a storage URL without its password, which this process keeps in memory: the URL that is returned opens the same
 * database, and may be printed, stored and passed on.
 * @throws HpoError storage.bad-url (usage).
 */
export function concealPassword(url: string): string {
  if (!isPostgresUrl(url)) return url;
  const shown = hidePassword(url);
  const password = passwordIn(url);
  if (password !== null) keepPassword(shown, password);
  return shown;
}

/**
 * Returns the variable that gives a process of hpo the password that this one has for a URL; none for other URLs. It is for
 * processes that hpo is itself, and never for trainers.
 */
export function passwordVariable(shownUrl: string): Readonly<Record<string, string>> {
  const password = isPostgresUrl(shownUrl) ? knownPassword(shownUrl) : null;
  return password === null ? {} : { PGPASSWORD: password };
}
