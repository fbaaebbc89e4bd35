import { expect, test } from 'vitest';
import { Refused, Stopped } from '../../../src/loggers/http/client.js';
import { WandbClient } from '../../../src/loggers/wandb/client.js';
import { until } from '../../support/until.js';
import { FakeWandb, type Fault } from './fixtures/server.js';
import { head } from './support.js';

const KEY = 'secret-key-of-somebody';
const PATH = { entity: 'me', project: 'p', id: head().id };
const body = (offset: number, ...content: string[]) => ({
  files: { 'wandb-history.jsonl': { offset, content } },
});

/** A client that does not wait, and what it would have waited for. */
async function start(more: { key?: string; baseUrl?: string } = {}) {
  const server = await FakeWandb.start({ key: KEY });
  const [told, waits]: [string[], number[]] = [[], []];
  const rest = async (ms: number) => {
    if (ms > 0) waits.push(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const client = new WandbClient({
    baseUrl: server.url,
    key: KEY,
    warn: (message) => told.push(message),
    random: () => 0,
    rest,
    ...more,
  });
  const faults = (...list: readonly Fault[]) => {
    const from = server.requests.length;
    server.fault = (number) => list[number - from] ?? null;
  };
  return { server, client, told, waits, faults };
}

test('asks whose key it is once, and finds the place of a run from the answer', async () => {
  const { server, client } = await start();
  expect(await client.upsertRun(head())).toEqual(PATH);
  expect(await client.upsertRun(head({ id: 'other' }))).toEqual({ ...PATH, id: 'other' });
  expect(server.requests.filter((request) => request.body.includes('Viewer'))).toHaveLength(1);
  const known = await start();
  expect(await known.client.upsertRun(head({ entity: 'team' }))).toEqual({ ...PATH, entity: 'team' });
  expect(known.server.requests).toHaveLength(1);
});

test('tries again after every passing trouble, with growing waits', async () => {
  const { server, client, told, waits, faults } = await start();
  await client.upsertRun(head());
  faults(
    { kind: 'status', status: 500 },
    { kind: 'reset' },
    { kind: 'status-late', status: 503 },
    { kind: 'reset-late' },
    { kind: 'status', status: 408 },
  );
  await client.stream(PATH, body(0, '{"a":1}'));
  expect(server.runs.get(PATH.id)?.history).toEqual(['{"a":1}']);
  expect(server.mistakes).toEqual([]);
  expect(waits).toEqual([250, 500, 1000, 2000, 4000]);
  expect(told).toEqual([
    expect.stringMatching(
      /^W&B cannot be reached \(.*\); the sweep continues, and pending rows are sent when possible$/,
    ),
  ]);
  expect(client.trouble).toBeNull();
});

test('waits at least as long as Retry-After asks for, and lets no other request go before', async () => {
  const { client, waits, faults } = await start();
  await client.upsertRun(head());
  faults({ kind: 'status', status: 503, headers: { 'retry-after': '100' } });
  await client.stream(PATH, body(0, '{}'));
  expect(waits.some((ms) => ms > 99_000 && ms <= 100_000)).toBe(true);
});

test('what the server will not take is refused, and other runs go on', async () => {
  const { client, told, faults } = await start();
  await client.upsertRun(head());
  for (const status of [400, 404, 409, 422, 302]) {
    faults({ kind: 'status', status });
    await expect(client.stream(PATH, body(0, '{}'))).rejects.toThrow(new Refused(`HTTP ${status} (a fault)`));
  }
  await client.stream(PATH, body(0, '{}'));
  expect(told).toEqual([]);
});

test.each([401, 403])('HTTP %s: gives up for good and says so once, without the key', async (status) => {
  const { server, client, told, faults } = await start();
  await client.upsertRun(head());
  faults({ kind: 'status', status });
  const all = [1, 2, 3].map(() => client.stream(PATH, {}));
  for (const each of all) await expect(each).rejects.toBeInstanceOf(Stopped);
  const before = server.requests.length;
  await expect(client.stream(PATH, {})).rejects.toBeInstanceOf(Stopped);
  expect(server.requests).toHaveLength(before);
  expect(told).toEqual([
    `hpo stops sending to W&B: it denies access: HTTP ${status} (a fault); the sweep continues`,
  ]);
  expect(client.trouble).toContain(String(status));
});

test('an error of GraphQL, or a key of nobody, gives up too', async () => {
  const { server, client, told } = await start();
  server.substitute = () => [200, { errors: [{ message: 'permission\n\u001b[31mdenied' }], data: null }];
  await expect(client.upsertRun(head({ entity: 'team' }))).rejects.toBeInstanceOf(Stopped);
  expect(told).toEqual([
    'hpo stops sending to W&B: UpsertBucket: permission [31mdenied; the sweep continues',
  ]);
  const nobody = await start();
  nobody.server.substitute = () => [200, { data: { viewer: null } }];
  await expect(nobody.client.upsertRun(head())).rejects.toBeInstanceOf(Stopped);
  expect(nobody.told[0]).toContain('belongs to no user or entity');
});

test('a refused request of GraphQL is refused for all runs, but for a name that is not given again', async () => {
  const { server, client, told, faults } = await start();
  faults({ kind: 'status', status: 409 });
  await expect(client.upsertRun(head({ entity: 'team' }))).rejects.toThrow(new Refused('HTTP 409 (a fault)'));
  expect(told).toEqual([]);
  server.fault = () => ({ kind: 'status', status: 400 });
  await expect(client.upsertRun(head({ entity: 'team' }))).rejects.toBeInstanceOf(Stopped);
  expect(told).toEqual(['hpo stops sending to W&B: HTTP 400 (a fault); the sweep continues']);
});

test('stops in the middle of an answer that does not come', async () => {
  const { server, client, faults } = await start();
  await client.upsertRun(head());
  faults({ kind: 'slow', ms: 60_000 });
  const sending = client.stream(PATH, {});
  const watched = expect(sending).rejects.toBeInstanceOf(Stopped);
  await until(() => server.requests.some(({ path }) => path.endsWith('/file_stream')));
  client.stop();
  await watched;
});

test('names in an address are no part of its path', async () => {
  const { server, client, faults } = await start();
  faults({ kind: 'status', status: 404 });
  await expect(client.stream({ entity: '../x', project: 'a b', id: '?' }, {})).rejects.toBeInstanceOf(
    Refused,
  );
  expect(server.requests[0]?.path).toBe('/files/..%2Fx/a%20b/%3F/file_stream');
});
