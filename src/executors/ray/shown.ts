import { STOP_WAIT } from './request.js';

/** Returns variables without the values that somebody has given them, which may be keys of an API. */
export function hiddenValues(envVars: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(envVars).map(([name, value]) => [name, name === STOP_WAIT ? value : '***']),
  );
}

/** Returns a text in which the URLs have no user and no password: `runtime_env` may name indexes and repositories with them. */
export function withoutUsers(text: string): string {
  return text.replace(/:\/\/[^/\s"'@]*@/g, '://***@');
}

/** Returns an address that may be none, for people: nothing before its last `@` and nothing of its query. */
export function shownAddress(address: string): string {
  return address.replace(/^([a-z][\w+.-]*:\/\/)?.*@/is, '$1').replace(/[?#].*$/s, '');
}
