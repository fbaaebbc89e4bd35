import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { configureMlflow } from '../../../src/loggers/mlflow/configure.js';
import type { LoggerContext } from '../../../src/loggers/registry.js';
import { BROKEN, json, startBroken } from '../http/broken-servers.js';
import { emptyReader, makeStage, studyInfo } from '../stage.js';
import { finished, reported, started } from '../support.js';

const PASSWORD = 'p4ss-that-nobody-may-see';

/** The one warning about each server. */
const WARNINGS: Readonly<Record<string, readonly [RequestListener | null, RegExp]>> = {
  'is down': [BROKEN['is down'], /\(ECONNREFUSED\)/],
  'never answers': [BROKEN['never answers'], /2 runs with 1 rows not delivered; they are kept in/],
  'answers without an end': [BROKEN['answers without an end'], /\(an unexpected answer: HTTP 200/],
  'is another program': [
    BROKEN['is another program'],
    /\(an unexpected answer: HTTP 200 \(<p>hello<\/p>\)\)/,
  ],
  'is another API': [BROKEN['is another API'], /stops sending to MLflow: an answer has no experiment_id/],
  'knows no such address': [
    BROKEN['knows no such address'],
    /stops sending to MLflow: the experiment "study" is refused: HTTP 404/,
  ],
  redirects: [BROKEN.redirects, /stops sending to MLflow: HTTP 302/],
  'refuses a login': [
    BROKEN['refuses a login'],
    /stops sending to MLflow: it denies access: HTTP 401 \(bad Basic \[secret\]/,
  ],
  'denies permission': [
    json(403, { error_code: 'PERMISSION_DENIED', message: PASSWORD }),
    /denies access: HTTP 403 \(\[secret\]\)/,
  ],
  fails: [BROKEN.fails, /\(HTTP 500 \(down\)\)/],
  'wants a pause of an hour': [
    BROKEN['wants a pause of an hour'],
    /2 runs with 1 rows not delivered \(HTTP 429\)/,
  ],
};

test('a broken server costs one warning and a few seconds, whatever is wrong with it', async () => {
  const found = await Promise.all(
    Object.entries(WARNINGS).map(async ([what, [listener]]) => [what, await warningsOf(listener)] as const),
  );
  for (const [what, warnings] of found) {
    expect([what, warnings]).toEqual([what, [expect.stringMatching(WARNINGS[what]?.[1] as RegExp)]]);
    expect(JSON.stringify(warnings)).not.toContain(PASSWORD);
  }
});

/** Runs a sweep of one trial with a logger; the warnings that it gave. */
async function warningsOf(listener: RequestListener | null): Promise<string[]> {
  const { settings, context, reports } = makeStage();
  const trackingUri = (await startBroken(listener)).replace('//', `//me:${PASSWORD}@`);
  const make = configureMlflow({ ...settings, mlflow: { enabled: true, trackingUri, experiment: null } });
  const logger = make?.(context as LoggerContext);
  await logger?.open(studyInfo, emptyReader);
  for (const event of [started(0), reported(0, ['loss', 1, 0.5]), finished(0)]) logger?.on(event);
  logger?.on({ type: 'sweep-finished', end: 'exhausted', detail: '', savings: null });
  await logger?.close(30_000);
  return reports;
}
