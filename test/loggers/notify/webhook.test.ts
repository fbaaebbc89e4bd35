import { expect, onTestFinished, test, vi } from 'vitest';
import type { WebhookOptions } from '../../../src/loggers/notify/options.js';
import { configureWebhook } from '../../../src/loggers/notify/webhook.js';
import { until } from '../../support/until.js';
import { emptyReader, makeStage, studyInfo } from '../stage.js';
import { finished, started } from '../support.js';
import { Receiver } from './receiver.js';

const OPTIONS: WebhookOptions = {
  enabled: true,
  url: null,
  on: ['improved', 'failed'],
  headers: {},
  body: null,
};
const END = { type: 'sweep-finished', end: 'exhausted', detail: '', savings: null } as const;
const SECRET = 'T0KEN-in-the-path';

async function open(options: Partial<WebhookOptions>, env: Record<string, string> = {}) {
  const { settings, context, reports } = makeStage();
  const logger = configureWebhook({ ...settings, env, webhook: { ...OPTIONS, ...options } })?.(context);
  if (!logger) throw new Error('expected a logger');
  await logger.open(studyInfo, emptyReader);
  return { logger, reports };
}

const failed = (trial: number) =>
  finished(trial, { state: 'fail', values: null, reason: `exit code ${trial}` });

test('posts each event as JSON, in order, with headers of the environment', async () => {
  const server = await Receiver.start();
  const url = server.url.replace('//', '//me:p%40ss@');
  const { logger, reports } = await open({ url, headers: { 'X-Key': 'a ${envvar:KEY}' } }, { KEY: 'b' });
  for (const trial of [0, 1, 2]) logger.on(failed(trial));
  logger.on(END);
  await logger.close(10_000);
  expect(server.notifications.map(({ event, trial, reason }) => [event, trial, reason])).toEqual([
    ['failed', 0, 'exit code 0'],
    ['failed', 1, 'exit code 1'],
    ['failed', 2, 'exit code 2'],
  ]);
  expect(server.headers[0]).toMatchObject({
    'content-type': 'application/json',
    'x-key': 'a b',
    authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
  });
  expect(reports).toEqual([]);
});

test('a body of templates is filled with text, and nothing in it is evaluated', async () => {
  const server = await Receiver.start();
  const body = { text: '*${event}* ${text}', name: '${study}/${trial} $${text} ${value}' };
  const { logger } = await open({ url: server.url, on: ['improved'], body });
  logger.on(started(4, { params: { o: '${study}"\n' } }));
  logger.on(finished(4, { values: [0.5] }));
  await logger.close(10_000);
  expect(server.notifications).toEqual([
    {
      text: expect.stringMatching(/^\*improved\* study: trial 4 improved \w+ to 0.5: o=\$\{study\}"/),
      name: 'study/4 ${text} 0.5',
    },
  ]);
});

test('a fault that passes is tried again, with the same id', async () => {
  const server = await Receiver.start();
  server.fault = (number) => (number === 0 ? { kind: 'status-late', status: 503 } : null);
  const { logger, reports } = await open({ url: server.url });
  for (const event of [failed(0)]) logger.on(event);
  await logger.close(30_000);
  expect(server.bodies).toHaveLength(2);
  expect(server.bodies[0]).toBe(server.bodies[1]);
  expect(reports).toEqual([]);
});

test.each([
  [
    { kind: 'status', status: 404 },
    /^warning: the webhook of 127.0.0.1:\d+: HTTP 404 \(a fault\); the sweep continues$/,
  ],
  [{ kind: 'echo', status: 401, as: 'text' }, /HTTP 401/],
  [{ kind: 'endless', status: 400, encoding: 'gzip' }, /HTTP 400/],
  [{ kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } }, /HTTP 302/],
] as const)('a refusal (%j) is one warning, which has no address', async (fault, warning) => {
  const server = await Receiver.start();
  server.fault = () => fault;
  const { logger, reports } = await open({ url: `${server.url}/hooks/${SECRET}?key=${SECRET}` });
  for (const trial of [0, 1, 2]) logger.on(failed(trial));
  await until(() => server.requests.length === 3);
  await logger.close(10_000);
  expect(reports).toEqual([expect.stringMatching(warning)]);
  expect(reports.join()).not.toContain(SECRET);
});

test.each([
  ['a login', (url: string) => ({ url: url.replace('//', `//me:${SECRET}@`) })],
  ['a user alone', (url: string) => ({ url: url.replace('//', `//${SECRET}@`) })],
  ['a header', (url: string) => ({ url, headers: { Authorization: `Basic ${SECRET}` } })],
  ['a variable in a header', (url: string) => ({ url, headers: { Authorization: 'Basic ${envvar:KEY}' } })],
  ['a variable in the address', (url: string) => ({ url: `${url}/hooks/of/a/team?key=\${envvar:KEY}` })],
])('a server that repeats what it was sent: no warning shows %s', async (_, optionsFor) => {
  const server = await Receiver.start();
  server.fault = () => ({ kind: 'echo', status: 403, as: 'text' });
  const { logger, reports } = await open(optionsFor(server.url), { KEY: 'k3y' });
  logger.on(failed(0));
  await logger.close(10_000);
  expect(reports).toEqual([expect.stringMatching(/HTTP 403/)]);
  const shown = reports.join();
  for (const secret of [SECRET, 'k3y', Buffer.from(SECRET).toString('base64').slice(0, 12)])
    expect(shown).not.toContain(secret);
});

test('a login may have a percent sign that begins no code', async () => {
  const server = await Receiver.start();
  const { logger } = await open({ url: server.url.replace('//', '//user:50%@') });
  logger.on(failed(0));
  await logger.close(10_000);
  expect(server.headers[0]?.authorization).toBe(`Basic ${Buffer.from('user:50%').toString('base64')}`);
});

test('a server that is silent: the warning says so', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await Receiver.start();
  server.fault = () => ({ kind: 'held', until: new Promise(() => {}) });
  const { logger, reports } = await open({ url: server.url });
  logger.on(failed(0));
  for (let tries = 1; tries <= 3; tries++) {
    await vi.waitUntil(() => server.requests.length === tries, { timeout: 60_000 });
    await vi.advanceTimersByTimeAsync(20_000);
  }
  await vi.waitUntil(() => reports.length > 0, { timeout: 60_000 });
  expect(reports).toEqual([expect.stringMatching(/: no answer in 10 s; the sweep continues$/)]);
});

test('an earlier one that does not arrive does not hold up the end of the sweep', async () => {
  const server = await Receiver.start();
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  server.fault = (number) => (number === 0 ? { kind: 'held', until: held } : null);
  server.received = () => answer();
  const { logger, reports } = await open({ url: server.url, on: ['failed', 'finished'] });
  for (const event of [failed(0), failed(1), END]) logger.on(event);
  await logger.close(4000);
  expect(server.notifications.map(({ event }) => event)).toEqual(['finished', 'failed', 'failed']);
  expect(reports).toEqual([]);
});

test('a server that never answers holds nobody up, and of very many events the newest are kept', async () => {
  const server = await Receiver.start();
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  server.fault = (number) => (number === 0 ? { kind: 'held', until: held } : null);
  const { logger, reports } = await open({ url: server.url });
  for (let trial = 0; trial < 500; trial++) logger.on(failed(trial));
  answer();
  await until(() => server.bodies.length === 101);
  await logger.close(60_000);
  const trials = server.notifications.map(({ trial }) => trial);
  expect(trials).toEqual([0, ...Array.from({ length: 100 }, (_, k) => 400 + k)]);
  expect(reports).toEqual([expect.stringMatching(/399 notifications were not delivered$/)]);
});

test.each([
  [{}, {}, 'expected url or HPO_WEBHOOK_URL to name an address, got none'],
  [{ url: 'ftp://h/x' }, {}, 'expected an http or https address for the webhook, got another text'],
  [
    { url: 'https://h/${envvar:MISSING}' },
    {},
    'expected the environment variable MISSING for the webhook, got none',
  ],
  [
    { url: 'https://h', headers: { 'a b': 'c' } },
    {},
    'expected headers that HTTP can send, got another name or value',
  ],
])('%j is refused before the sweep begins', async (options, env, message) => {
  await expect(open(options, env)).rejects.toThrow(message);
});

test('the address may come from the environment, and the section may be switched off', async () => {
  const server = await Receiver.start();
  const { logger } = await open({}, { HPO_WEBHOOK_URL: server.url });
  logger.on(failed(0));
  await logger.close(10_000);
  expect(server.bodies).toHaveLength(1);
  const { settings } = makeStage();
  expect(configureWebhook({ ...settings, webhook: { ...OPTIONS, enabled: false } })).toBeNull();
});
