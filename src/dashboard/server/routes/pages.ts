import type { Dashboard } from '../dashboard.js';
import { type Answer, bytes } from '../http/answer.js';
import { Refusal } from '../http/refusal.js';
import { param, type Route } from './route.js';

/** Every page is the same file, whose script reads the path. */
const page = async ({ assets }: Dashboard): Promise<Answer> => {
  const { type, bytes: body, compress } = assets.page();
  return bytes(type, body, compress);
};

const asPage = (path: string, summary: string): Route => ({
  method: 'GET',
  path,
  changes: false,
  summary,
  answer: page,
});

export const pageRoutes: readonly Route[] = [
  asPage('/', 'The page: the list of studies'),
  asPage('/compare', 'The page: several studies side by side'),
  asPage('/studies/:study', 'The page: a study'),
  asPage('/studies/:study/trials/:trial', 'The page: a trial'),
  {
    method: 'GET',
    path: '/assets/:file',
    changes: false,
    summary: 'A file of the page',
    answer: async ({ assets }, request) => {
      const found = assets.find(param(request, 'file'));
      if (!found) throw new Refusal(404, 'dashboard.not-found', 'the page has no such file');
      const answer = bytes(found.type, found.bytes, found.compress);
      // Kept by the browser, which asks each time whether it has changed.
      return { ...answer, headers: { ...answer.headers, ETag: found.etag, 'Cache-Control': 'no-cache' } };
    },
  },
];
