/** `postgresql+psycopg2://` is how Optuna's SQLAlchemy writes it. */
export const POSTGRES_SCHEME = /^postgres(?:ql)?(?:\+\w+)?:\/\//;

/** A mistyped number of slashes hides a password too. */
const SCHEME = /^[a-z][\w+.-]*:\/*/i;

/** Returns whether a storage URL names a PostgreSQL database. */
export function isPostgresUrl(url: string): boolean {
  return POSTGRES_SCHEME.test(url);
}

/**
 * Returns a URL of any database without its password: what follows the user, and parameters of that name. A password that
 * should have been percent-encoded is hidden too. Files have none.
 */
export function hidePassword(url: string): string {
  const scheme = SCHEME.exec(url)?.[0];
  if (scheme === undefined || scheme.startsWith('sqlite')) return url;
  const rest = url.slice(scheme.length);
  const isOpen = /^(?!\[)[^@/?]*:(?!\d*(?:[/?,]|$))/.test(rest);
  const end = isOpen ? rest.lastIndexOf('@') : rest.split(/[/?]/, 1)[0]?.lastIndexOf('@');
  const [user = ''] = rest.split(/[:@]/, 1);
  // A word after a colon that is no port, and no @: whatever it is, it is not shown.
  const shown = end === undefined || end < 0 ? (isOpen ? user : rest) : `${user}${rest.slice(end)}`;
  return `${scheme}${shown}`.replace(/([?&])(?:ssl)?password=[^&]*(&|$)/gi, (_, before, after) =>
    after ? before : '',
  );
}
