import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.js';

/**
 * On every answer. Scripts and styles come from this server alone; nothing is kept by caches, shown in frames or read by
 * pages of other origins.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'self'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

/** Who may ask: with which token, and under which names of this server (`Host`, with the port). */
export type Access = {
  readonly token: string;
  readonly cookieName: string;
  readonly hosts: ReadonlySet<string>;
};

/** What of a request decides whether it is answered. */
export type Asked = {
  readonly method: string;
  /** Each header with all its values. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query: URLSearchParams;
};

/** @throws Refusal for a request to another name than the server's own: a page whose name was pointed here sends one. */
export function checkHost({ headers }: Asked, { hosts }: Access): void {
  if (typeof headers.host === 'string' && hosts.has(headers.host.toLowerCase())) return;
  throw new Refusal(403, 'dashboard.host', 'expected the host and port that hpo dashboard printed', {
    fix: 'open the URL that hpo dashboard printed; through ssh -L, forward the same port',
  });
}

/**
 * Returns true when the token came in the query, so that the answer sets the cookie.
 * @throws Refusal without the token, in the query or in the cookie.
 */
export function checkToken(asked: Asked, { token, cookieName }: Access): boolean {
  const given = asked.query.getAll('token');
  if (given.length > 0) {
    if (given.length === 1 && isSame(given[0] as string, token)) return true;
    throw unknownToken();
  }
  const cookies = cookiesNamed(cookieName, asked.headers.cookie);
  if (cookies.some((each) => isSame(each, token))) return false;
  throw unknownToken();
}

function unknownToken(): Refusal {
  return new Refusal(401, 'dashboard.token', 'expected the token of this server', {
    fix: 'open the URL that hpo dashboard printed; each start makes a new one',
  });
}

/** Compares in a time that does not depend on the place of the first difference. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function cookiesNamed(name: string, header: string | readonly string[] | undefined): string[] {
  if (typeof header !== 'string') return [];
  return header.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}

/**
 * A request with an origin must come from the page itself, scheme and port included; one that changes something must have
 * an origin.
 * @throws Refusal
 */
export function checkOrigin({ method, headers }: Asked): void {
  const { host, origin } = headers;
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead && origin === undefined) return;
  if (origin === `http://${String(host).toLowerCase()}`) return;
  throw new Refusal(403, 'dashboard.origin', 'expected a request of the page itself', {
    fix: 'scripts send the header Origin with the scheme, host and port of this server',
  });
}

/** The cookie that stands for the token from now on. The port is in its name: cookies of one host are shared by its ports. */
export function tokenCookie({ cookieName, token }: Access): string {
  return `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`;
}
