import { expect, test, vi } from 'vitest';
import { makeRedact } from '../../../src/loggers/http/redact.js';
import { WandbClient } from '../../../src/loggers/wandb/client.js';
import { FakeWandb, type Fault } from './fixtures/server.js';
import { head } from './support.js';

const KEY = 'Ab3+/ge9-secret_key~of==somebody0123456789';

/** Every form in which the key could be read out of a text, and long parts of them. */
function formsOf(key: string): string[] {
  const whole = [
    key,
    encodeURIComponent(key),
    ...[key, `api:${key}`].flatMap((text) => [
      Buffer.from(text).toString('base64'),
      Buffer.from(text).toString('base64url'),
    ]),
    Buffer.from(key).toString('hex'),
  ];
  return whole.flatMap((form) => [form.slice(0, 14), form.slice(-16, -2), form.slice(12, 26)]);
}

async function start() {
  const server = await FakeWandb.start({ key: KEY });
  const told: string[] = [];
  const rest = () => new Promise<void>((resolve) => setImmediate(resolve));
  const client = new WandbClient({
    baseUrl: server.url,
    key: KEY,
    warn: (message) => told.push(message),
    random: () => 0,
    rest,
  });
  return { server, client, told };
}

const ECHOES: readonly Extract<Fault, { kind: 'echo' }>[] = (
  [200, 302, 400, 401, 403, 409, 422, 429, 500] as const
).flatMap((status) =>
  (['json', 'text', 'graphql'] as const).map((as) => ({ kind: 'echo', status, as }) as const),
);

test.each(ECHOES)('no message holds the key that a server echoes: $status as $as', async (fault) => {
  const { server, client, told } = await start();
  server.fault = (number) => (number < 6 ? fault : null);
  const run = client.upsertRun(head({ entity: 'team' }));
  const [said] = await Promise.allSettled([run]);
  const all = [...told, client.trouble ?? '', said.status === 'rejected' ? String(said.reason) : ''].join(
    '\n',
  );
  for (const form of formsOf(KEY)) expect(all.toLowerCase()).not.toContain(form.toLowerCase());
  if (fault.as !== 'graphql' && fault.status !== 200) expect(all).toContain('bad Basic [API key]');
});

test('a name that a server gives a run holds no key either', async () => {
  const { server, client } = await start();
  const bucket = {
    project: { name: `p-${KEY}`, entity: { name: Buffer.from(`api:${KEY}`).toString('base64') } },
  };
  server.substitute = () => [200, { data: { upsertBucket: { bucket } } }];
  expect(await client.upsertRun(head({ entity: 'team' }))).toMatchObject({
    entity: expect.stringMatching(/^\[API key\]=*$/),
    project: 'p-[API key]',
  });
});

test.each(['short', 'k'.repeat(40), 'local-0123456789abcdef'])(
  'the key %s is taken out of any text, which otherwise stays',
  (key) => {
    const redact = makeRedact({ text: key, sent: `api:${key}`, shownAs: '[API key]' });
    expect(redact(`a ${key}, b ${key}!`)).toBe('a [API key], b [API key]!');
    expect(redact('nothing of it İ here')).toBe('nothing of it İ here');
    expect(redact(key + key)).not.toContain(key);
  },
);

test.each([
  { status: 200, encoding: 'identity' },
  { status: 200, encoding: 'gzip' },
  { status: 400, encoding: 'identity' },
  { status: 400, encoding: 'gzip' },
] as const)('an answer without an end is not read to its end: $status, $encoding', async (answer) => {
  const { server, client } = await start();
  server.fault = () => ({ kind: 'endless', ...answer });
  await Promise.allSettled([client.upsertRun(head({ entity: 'team' }))]);
  await vi.waitFor(() => expect(server.floodsEnded).toBe(1), { timeout: 30_000 });
});
