import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LoggerContext } from '../../../src/loggers/registry.js';
import { configureWandb } from '../../../src/loggers/wandb/configure.js';
import { findTarget, type Target } from '../../../src/loggers/wandb/target.js';
import { writeFiles } from '../../support/cli.js';
import { BROKEN, startBroken } from '../http/broken-servers.js';
import { emptyReader, makeStage, studyInfo } from '../stage.js';
import { finished, reported, started } from '../support.js';

const KEY = 'k3y-that-nobody-may-see';

/** The one warning about each server. */
const WARNINGS: Readonly<Record<keyof typeof BROKEN, RegExp>> = {
  'is down': /\(ECONNREFUSED\)/,
  'never answers': /1 run with 1 rows not delivered; they are kept in/,
  'answers without an end': /stops sending to W&B: an answer has no run/,
  'is another program': /stops sending to W&B: an answer has no run/,
  'is another API': /stops sending to W&B: an answer has no run/,
  'knows no such address': /stops sending to W&B: HTTP 404/,
  redirects: /stops sending to W&B: HTTP 302/,
  'refuses a login': /stops sending to W&B: it denies access: HTTP 401 \(bad Basic \[API key\]/,
  fails: /\(HTTP 500 \(down\)\)/,
  'wants a pause of an hour': /1 run with 1 rows not delivered \(HTTP 429\)/,
};

/** An SDK whose process waits for a silent server. */
const SILENT_SDK = 'export default { init: () => new Promise((resolve) => setTimeout(resolve, 1e9)) };';

test('a broken server costs one warning and a few seconds, whatever is wrong with it, and no row', async () => {
  const servers = Object.entries(BROKEN).map(async ([what, listener]) => {
    const { warnings, kept } = await sweepTo(await startBroken(listener), null);
    expect([what, warnings, kept]).toEqual([
      what,
      [expect.stringMatching(WARNINGS[what as keyof typeof BROKEN])],
      1,
    ]);
    expect(JSON.stringify(warnings)).not.toContain(KEY);
  });
  const sdk = sweepTo('http://127.0.0.1:1', SILENT_SDK);
  await Promise.all(servers);
  expect(await sdk).toEqual({
    warnings: [expect.stringMatching(/W&B: 1 run with 1 rows not delivered; they are kept in/)],
    kept: 1,
  });
});

/** Runs a sweep of one trial with a logger; its warnings, and the number of journals that it leaves to the next call. */
async function sweepTo(url: string, sdk: string | null): Promise<{ warnings: string[]; kept: number }> {
  const { settings, context, reports, folder } = makeStage();
  if (sdk !== null)
    writeFiles(folder, {
      'node_modules/@wandb/sdk/package.json': '{"name":"@wandb/sdk","type":"module","main":"index.js"}',
      'node_modules/@wandb/sdk/index.js': sdk,
    });
  const env = { ...settings.env, WANDB_BASE_URL: url, WANDB_API_KEY: KEY, WANDB_ENTITY: 'me' };
  const target = findTarget(null, 'online', env) as Target;
  const wandb = { ...target.options, client: sdk === null ? ('native' as const) : ('sdk' as const) };
  const logger = configureWandb({ ...settings, wandb, env })?.(context as LoggerContext);
  await logger?.open(studyInfo, emptyReader);
  for (const event of [started(0), reported(0, ['loss', 1, 0.5]), finished(0)]) logger?.on(event);
  // Without a rule of the logger's own this would exceed the time of the test.
  await logger?.close(600_000);
  const left = readdirSync(join(context.studyDir, '.wandb'), { recursive: true, encoding: 'utf8' });
  return { warnings: reports, kept: left.filter((name) => name.endsWith('.jsonl')).length };
}
