import { Refusal } from './refusal.js';

/** The path of a request: its parts, decoded one by one, so that an encoded slash separates nothing. */
export type RequestPath = { readonly segments: readonly string[]; readonly query: URLSearchParams };

const MAX_URL = 8_192;

/** @throws Refusal for a URL that is no path, is too long or is encoded badly. */
export function parsePath(url: string): RequestPath {
  if (url.length > MAX_URL) throw new Refusal(414, 'dashboard.url', 'expected a shorter URL');
  if (!url.startsWith('/')) throw new Refusal(400, 'dashboard.url', 'expected a path');
  const [path = '', ...query] = url.split('?');
  try {
    return {
      segments: path.slice(1).split('/').map(decodeURIComponent),
      query: new URLSearchParams(query.join('?')),
    };
  } catch {
    throw new Refusal(400, 'dashboard.url', 'expected a URL in UTF-8, percent-encoded');
  }
}

/** Returns the parts of a path that stand for the names in a pattern such as `/studies/:study`; null when it is another path. */
export function matchPath(
  pattern: string,
  segments: readonly string[],
): Readonly<Record<string, string>> | null {
  const wanted = pattern.slice(1).split('/');
  if (wanted.length !== segments.length) return null;
  const found: Record<string, string> = {};
  for (const [k, part] of wanted.entries()) {
    const segment = segments[k] as string;
    if (part.startsWith(':')) found[part.slice(1)] = segment;
    else if (part !== segment) return null;
  }
  return found;
}
