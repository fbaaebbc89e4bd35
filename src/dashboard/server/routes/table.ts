import { matchPath } from '../http/path.js';
import { Refusal } from '../http/refusal.js';
import { actingRoutes } from './acting.js';
import { pageRoutes } from './pages.js';
import { readingRoutes } from './reading.js';
import type { Route } from './route.js';

/** Every route. To add one: a line in one of its parts; the conformance suite and the documentation follow. */
export const ROUTES: readonly Route[] = [...pageRoutes, ...readingRoutes, ...actingRoutes];

export type Match = { readonly route: Route; readonly params: Readonly<Record<string, string>> };

/** The route of a request; a HEAD is a GET whose body is not sent. @throws Refusal for an unknown path or method. */
export function findRoute(method: string, segments: readonly string[]): Match {
  const matches = ROUTES.flatMap((route) => {
    const params = matchPath(route.path, segments);
    return params === null ? [] : [{ route, params }];
  });
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = matches.find(({ route }) => route.method === wanted);
  if (found) return found;
  if (matches.length === 0) throw new Refusal(404, 'dashboard.not-found', 'expected a path of the page');
  const allowed = matches.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  throw new Refusal(405, 'dashboard.method', `expected the method ${allowed.join(' or ')}`, {
    headers: { Allow: allowed.join(', ') },
  });
}
