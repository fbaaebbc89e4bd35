import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { configureMlflow } from '../../../src/loggers/mlflow/configure.js';
import type { LoggerContext } from '../../../src/loggers/registry.js';
import { emptyReader, makeStage, studyInfo } from '../stage.js';
import { finished, reported, started } from '../support.js';

const PASSWORD = 'p4ss-that-nobody-may-see';

const text =
  (status: number, body: string, type = 'text/html'): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': type }).end(body);
const json = (status: number, data: object) => text(status, JSON.stringify(data), 'application/json');

/** Servers by what is wrong with them, and the one warning about each. */
const SERVERS: Readonly<Record<string, readonly [RequestListener | null, RegExp]>> = {
  'is down': [null, /\(ECONNREFUSED\)/],
  'never answers': [() => {}, /2 runs with 1 rows not delivered; they are kept in/],
  'answers without an end': [
    (_, response) => {
      const more = () => response.write('x'.repeat(64 * 1024), () => setImmediate(more));
      if (!response.destroyed) more();
    },
    /\(an unexpected answer: HTTP 200/,
  ],
  'is another program': [text(200, '<p>hello</p>'), /\(an unexpected answer: HTTP 200 \(<p>hello<\/p>\)\)/],
  'is another API': [json(200, { hello: 1 }), /stops sending to MLflow: an answer has no experiment_id/],
  'knows no such address': [
    text(404, 'not here'),
    /stops sending to MLflow: the experiment "study" is refused: HTTP 404/,
  ],
  redirects: [
    (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    /stops sending to MLflow: HTTP 302/,
  ],
  'refuses a login': [
    (request, response) =>
      json(401, { message: `bad ${request.headers.authorization}` })(request, response as never),
    /stops sending to MLflow: it denies access: HTTP 401 \(bad Basic \[secret\]/,
  ],
  'denies permission': [
    json(403, { error_code: 'PERMISSION_DENIED', message: PASSWORD }),
    /denies access: HTTP 403 \(\[secret\]\)/,
  ],
  fails: [json(500, { error_code: 'INTERNAL_ERROR', message: 'down' }), /\(HTTP 500 \(down\)\)/],
  'wants a pause of an hour': [
    (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end(),
    /2 runs with 1 rows not delivered \(HTTP 429\)/,
  ],
};

test('a broken server costs one warning and a few seconds, whatever is wrong with it', async () => {
  const found = await Promise.all(
    Object.entries(SERVERS).map(async ([what, [listener]]) => [what, await warningsOf(listener)] as const),
  );
  for (const [what, warnings] of found) {
    expect([what, warnings]).toEqual([what, [expect.stringMatching(SERVERS[what]?.[1] as RegExp)]]);
    expect(JSON.stringify(warnings)).not.toContain(PASSWORD);
  }
});

/** Runs a sweep of one trial with a logger; the warnings that it gave. */
async function warningsOf(listener: RequestListener | null): Promise<string[]> {
  const { settings, context, reports } = makeStage();
  const trackingUri = (await listen(listener)).replace('//', `//me:${PASSWORD}@`);
  const make = configureMlflow({ ...settings, mlflow: { enabled: true, trackingUri, experiment: null } });
  const logger = make?.(context as LoggerContext);
  await logger?.open(studyInfo, emptyReader);
  for (const event of [started(0), reported(0, ['loss', 1, 0.5]), finished(0)]) logger?.on(event);
  logger?.on({ type: 'sweep-finished', end: 'exhausted', detail: '', savings: null });
  await logger?.close(30_000);
  return reports;
}

async function listen(listener: RequestListener | null): Promise<string> {
  const server = createServer(listener ?? (() => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  if (listener === null) close();
  else onTestFinished(close);
  return `http://127.0.0.1:${port}`;
}
