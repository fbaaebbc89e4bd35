import type { Dashboard } from '../dashboard.js';
import { prepareStudy } from '../data/prepare.js';
import { type Answer, bytes } from '../http/answer.js';
import { Refusal } from '../http/refusal.js';
import { param, type Route } from './route.js';

/** Every page is the same file, whose script reads the path. */
const page = async ({ assets }: Dashboard): Promise<Answer> => {
  const { type, bytes: body, compress } = assets.page();
  return bytes(type, body, compress);
};

/** A page that will ask for all trials of a study, which is opened while the browser reads the script. */
const studyPage: Route['answer'] = async (dashboard, request) => {
  const answer = await page(dashboard);
  setImmediate(() => void prepareStudy(dashboard.studies, param(request, 'study')));
  return answer;
};

const asPage = (path: string, summary: string, answer: Route['answer'] = page): Route => ({
  method: 'GET',
  path,
  changes: false,
  summary,
  answer,
});

export const pageRoutes: readonly Route[] = [
  asPage('/', 'The page: the list of studies'),
  asPage('/compare', 'The page: several studies side by side'),
  asPage('/studies/:study', 'The page: a study', studyPage),
  asPage('/studies/:study/trials/:trial', 'The page: a trial', studyPage),
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
