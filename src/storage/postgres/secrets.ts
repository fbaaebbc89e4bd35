/** Passwords that came in URLs, by the URL without it. They stay in the memory of this process. */
const passwords = new Map<string, string>();

/** Keeps a password, so that the URL without it opens the same database from now on. */
export function keepPassword(shownUrl: string, password: string): void {
  passwords.set(shownUrl, password);
}

/** Returns the password that came with a URL, or null. */
export function knownPassword(shownUrl: string): string | null {
  return passwords.get(shownUrl) ?? null;
}
