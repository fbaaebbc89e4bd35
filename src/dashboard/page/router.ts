import { signal } from '@preact/signals';

/** A page of the dashboard. */
export type Route =
  | { readonly page: 'list' }
  | { readonly page: 'study'; readonly study: string }
  | { readonly page: 'trial'; readonly study: string; readonly trial: number }
  | { readonly page: 'compare'; readonly studies: readonly string[] }
  | { readonly page: 'unknown'; readonly path: string };

/** A report is a file, whose routes stand behind the `#`. */
let inHash = false;

export const route = signal<Route>({ page: 'list' });

export function startRouter({ isFile }: { isFile: boolean }): void {
  inHash = isFile;
  const read = () => {
    route.value = parseRoute(currentPath());
  };
  addEventListener('popstate', read);
  if (isFile) addEventListener('hashchange', read);
  else hideToken();
  read();
}

/** The cookie serves from here on, so that nobody shares the token with an address. */
function hideToken(): void {
  const query = new URLSearchParams(location.search);
  if (!query.has('token')) return;
  query.delete('token');
  history.replaceState(null, '', location.pathname + (query.size > 0 ? `?${query}` : ''));
}

/** Returns the path and the query of the present page. */
export function currentPath(): string {
  if (!inHash) return location.pathname + location.search;
  return location.hash.length > 1 ? location.hash.slice(1) : '/';
}

export function currentQuery(): URLSearchParams {
  return new URLSearchParams(currentPath().split('?')[1] ?? '');
}

export function hrefOf(path: string): string {
  return inHash ? `#${path}` : path;
}

export function navigate(path: string): void {
  if (path === currentPath()) return;
  history.pushState(null, '', hrefOf(path));
  route.value = parseRoute(path);
  scrollTo(0, 0);
}

/** Changes the query without a step in the browser's history. */
export function replaceQuery(query: string): void {
  const path = currentPath().split('?')[0] ?? '/';
  const next = query === '' ? path : `${path}?${query}`;
  if (next !== currentPath()) history.replaceState(null, '', hrefOf(next));
}

export function parseRoute(path: string): Route {
  const [pathname = '/', query = ''] = path.split('?');
  const parts = pathname.split('/').filter(Boolean).map(decodePart);
  const [first, study, second, trial] = parts;
  if (parts.length === 0 || (first === 'studies' && parts.length === 1)) return { page: 'list' };
  if (first === 'compare') return { page: 'compare', studies: new URLSearchParams(query).getAll('study') };
  if (first === 'studies' && study !== undefined && parts.length === 2) return { page: 'study', study };
  if (first === 'studies' && study !== undefined && second === 'trials' && /^\d+$/.test(trial ?? ''))
    return { page: 'trial', study, trial: Number(trial) };
  return { page: 'unknown', path: pathname };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const studyPath = (study: string) => `/studies/${encodeURIComponent(study)}`;
export const trialPath = (study: string, trial: number) => `${studyPath(study)}/trials/${trial}`;
export const comparePath = (studies: readonly string[]) =>
  `/compare?${studies.map((study) => `study=${encodeURIComponent(study)}`).join('&')}`;
