import { CONTROLS } from '../../../control/registry.js';
import { HpoError } from '../../../core/errors.js';
import { controlOf } from '../../../executors/registry.js';
import type { ServerInfo } from '../../protocol.js';
import { MANAGING } from '../actions/allowed.js';
import type { Dashboard } from '../dashboard.js';
import { type Encoded, encodedColumns, encodedCurves } from '../data/encoded.js';
import { importanceFor } from '../data/importance.js';
import { readLogPart } from '../data/log-part.js';
import { studyInfo } from '../data/study-info.js';
import { attemptsOf, noTrial, trialInfo } from '../data/trial-info.js';
import { type Answer, bytes, json } from '../http/answer.js';
import { Refusal } from '../http/refusal.js';
import { param, type Route, type RouteRequest, trialParam, wholeNumber } from './route.js';

const COLUMNS_TYPE = 'application/octet-stream';

const reading = (path: string, summary: string, answer: Route['answer']): Route => ({
  method: 'GET',
  path,
  changes: false,
  summary,
  answer,
});

export const readingRoutes: readonly Route[] = [
  reading('/api/server', 'What serves: version, database, which actions there are', async (dashboard) => {
    await dashboard.database.storage().catch(() => {});
    return json(serverInfo(dashboard));
  }),
  reading('/api/studies', 'The list of studies', async ({ list, database }) => {
    // Before there is a database, there are no studies.
    await database.storage().catch(() => {});
    return json(database.state.state === 'missing' ? [] : await list.read());
  }),
  reading('/api/studies/:study', 'A study', async ({ studies, options }, request) =>
    json(await studyInfo(await studies.get(param(request, 'study')), options.readOnly)),
  ),
  reading(
    '/api/studies/:study/columns',
    'Its trials as columns; `since=REVISION`: those that changed',
    async ({ studies }, request) =>
      encodedAnswer(
        encodedColumns(await studies.get(param(request, 'study')), wholeNumber(request, 'since')),
      ),
  ),
  reading(
    '/api/studies/:study/curves',
    'Learning curves of its trials; `since=REVISION`: those that changed',
    async ({ studies }, request) =>
      encodedAnswer(encodedCurves(await studies.get(param(request, 'study')), wholeNumber(request, 'since'))),
  ),
  reading(
    '/api/studies/:study/importance',
    'How much each parameter matters; `metric=NAME`: for this objective',
    async ({ studies, options }, request) => {
      const open = await studies.get(param(request, 'study'));
      return json(await importanceFor(open, options.judge, request.query.get('metric')));
    },
  ),
  reading('/api/studies/:study/trials/:trial', 'A trial', async ({ studies, options }, request) => {
    const number = trialParam(request);
    const open = await studies.get(param(request, 'study'));
    return json(await trialInfo(open, number, options.attemptsHere(open.storage, open.record)));
  }),
  reading(
    '/api/studies/:study/trials/:trial/log',
    'A part of a log; `attempt=K` (default: the last), `from=BYTE` (negative: from the end)',
    log,
  ),
  reading(
    '/api/events',
    'Server-sent events; `study=NAME` for each study to follow',
    async ({ hub }, request) => ({
      stream: (response) => hub.open(response, request.query.getAll('study')),
    }),
  ),
];

/** What the page needs to know before anything else. */
export function serverInfo({ options, database }: Dashboard): ServerInfo {
  return {
    version: options.version,
    storage: options.url,
    readOnly: options.readOnly,
    actions: options.readOnly ? [] : [...Object.keys(CONTROLS), ...MANAGING],
    database: database.state,
  };
}

function encodedAnswer({ bytes: body, compress }: Encoded): Answer {
  return bytes(COLUMNS_TYPE, body, compress);
}

async function log({ studies, options }: Dashboard, request: RouteRequest): Promise<Answer> {
  const number = trialParam(request);
  const open = await studies.get(param(request, 'study'));
  const wanted = wholeNumber(request, 'attempt');
  const attempts = await attemptsOf(open, number, options.attemptsHere(open.storage, open.record));
  if (open.model.stateOf(number) === null) throw noTrial(open.study.name, number);
  const found = wanted === null ? attempts.at(-1) : attempts.find(({ attempt }) => attempt === wanted);
  if (!found) throw new Refusal(404, 'trial.no-attempt', `trial ${number} has no such attempt`);
  const control = await controlOf(found.handle);
  if (!control) throw noLog(number, found.attempt, 'another program ran it');
  const from = wholeNumber(request, 'from') ?? 0;
  const attempt = { trial: number, token: found.token, handle: found.handle };
  try {
    return json(await readLogPart(control, { attempt, from, growing: found.finishedAtMs === null }));
  } catch (error) {
    // A handle that another program wrote, or a file that may not be read.
    throw noLog(number, found.attempt, error instanceof HpoError ? error.message : 'it cannot be read');
  }
}

function noLog(trial: number, attempt: number, why: string): Refusal {
  return new Refusal(404, 'trial.no-log', `attempt ${attempt} of trial ${trial} has no log: ${why}`);
}
