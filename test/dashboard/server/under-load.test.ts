import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { StudyListEntry } from '../../../src/dashboard/protocol.js';
import { Database as ShownDatabase } from '../../../src/dashboard/server/data/database.js';
import { OpenStudies } from '../../../src/dashboard/server/data/open-studies.js';
import { prepareStudy } from '../../../src/dashboard/server/data/prepare.js';
import { EventStream } from '../../../src/dashboard/server/events/event-stream.js';
import { openStorage } from '../../../src/storage/open.js';
import { createStudy } from '../../../src/study/open-study.js';
import { T0, tempDir } from '../../study/harness.js';
import { pass, until } from '../../support/until.js';
import { type Address, ask, Listener, PAGE_TEXT, read, served } from './harness.js';
import { databaseUrl, makeStudy, SPEC } from './studies.js';

const pathOf = (url: string) => url.replace('sqlite:', '');

/** A client that asks and does not read. */
async function lazyClient({ port, host, cookie }: Address, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  socket.pause();
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`);
  return socket;
}

/** Reads what comes until the connection ends, and returns how many bytes these were. */
function drain(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on('data', (part) => {
    bytes += part.length;
  });
  socket.resume();
  return new Promise((resolve) => socket.on('close', () => resolve(bytes)));
}

test('a stream that is not read keeps the newest event of each study and no more', async () => {
  const streams: EventStream[] = [];
  const server = createServer((_, response) => {
    streams.push(new EventStream(response, new Set(['s']), () => '1'));
    // Of every event since, the last one is enough.
    void flood(streams[0] as EventStream, () => response.writableLength);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  let most = 0;
  let isFlooded = false;
  const name = 'long'.repeat(300);
  const event = (revision: number) =>
    ({ kind: 'study', study: name, revision, trialCount: 0, state: 'open' }) as const;
  async function flood(stream: EventStream, waiting: () => number): Promise<void> {
    for (let k = 1; k <= 20_000; k++) {
      stream.send(event(k));
      most = Math.max(most, waiting());
      if (k % 200 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    isFlooded = true;
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const lazy = await lazyClient({ port, host: 'x', origin: '', cookie: '' }, '/');
  await until(() => isFlooded);
  let text = '';
  lazy.on('data', (part) => {
    text = (text + part.toString('latin1')).slice(-4_000);
  });
  lazy.resume();
  await until(() => text.includes('"revision":20000'), { what: 'the newest event' });
  expect(most).toBeLessThan(100_000);
});

test('clients that do not read share one copy of what they asked for, and are disconnected; others are served', async () => {
  const assets = tempDir();
  const size = 48 * 1024 * 1024;
  writeFileSync(join(assets, 'index.html'), PAGE_TEXT);
  writeFileSync(join(assets, 'app.js'), randomBytes(size));
  const server = await served(databaseUrl(), { assets, unreadMs: 200 });
  const before = process.memoryUsage().arrayBuffers;
  const lazy = await Promise.all(Array.from({ length: 20 }, () => lazyClient(server, '/assets/app.js')));
  expect((await ask(server, { path: '/assets/app.js' })).bytes.length).toBe(size);
  // What the client above has read is here twice.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5 * size);
  for (const socket of lazy) socket.destroy();
  await until(
    async () => {
      const socket = await lazyClient(server, '/assets/app.js');
      await pass(600);
      return (await drain(socket)) < size;
    },
    { what: 'a client that is disconnected before it has everything' },
  );
});

test('an exclusive transaction of another process keeps neither the server nor its pages', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 2 });
  const server = await served(url);
  const listener = new Listener(server, ['study']);
  await until(() => listener.newest('study')?.trialCount === 2);
  const holder = new Database(pathOf(url));
  onTestFinished(() => void holder.close());
  holder.exec('BEGIN EXCLUSIVE; DELETE FROM trial_values');
  expect(await read(server, '/api/studies/study')).toMatchObject({
    trialCount: 2,
    best: [expect.any(Number)],
  });
  expect((await read<StudyListEntry[]>(server, '/api/studies')).length).toBe(1);
  holder.exec('ROLLBACK');
  expect(listener.isOpen).toBe(true);
});

test('a database that nobody else may open is said to be, and shown as soon as it can be', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 2 });
  const holder = new Database(pathOf(url));
  onTestFinished(() => void holder.close());
  holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  const server = await served(url);
  const listener = new Listener(server, ['study']);
  const states = () => listener.events.filter(({ kind }) => kind === 'database').map(({ state }) => state);
  expect((await ask(server, { path: '/studies/study' })).text).toBe(PAGE_TEXT);
  await until(() => states().at(-1) === 'failing', { limitMs: 20_000 });
  holder.exec('ROLLBACK');
  holder.close();
  await until(() => listener.newest('study')?.trialCount === 2, { limitMs: 20_000 });
  await until(() => states().at(-1) === 'open', { limitMs: 20_000 });
  expect(await read(server, '/api/studies/study')).toMatchObject({ trialCount: 2 });
});

test('each trial that another connection commits comes over the stream, without a request of the page', async () => {
  const url = databaseUrl();
  const storage = await openStorage(url);
  onTestFinished(() => storage.close());
  const study = await createStudy(storage, { name: 'study', spec: SPEC, seed: 7, nowMs: T0 });
  const server = await served(url);
  const listener = new Listener(server, ['study']);
  await until(() => listener.newest('study')?.trialCount === 0);
  for (let count = 1; count <= 3; count++) {
    const opened = await study.ask({ asker: 'a' }, T0);
    if (!('trial' in opened)) throw new Error('expected a trial');
    await until(() => listener.newest('study')?.trialCount === count);
    const before = listener.newest('study')?.revision ?? 0;
    const ending = {
      state: 'complete',
      values: [1],
      exitCode: null,
      reason: null,
      finishedAtMs: T0,
    } as const;
    await study.tell(opened.trial.id, null, ending);
    await until(() => (listener.newest('study')?.revision ?? 0) > before);
  }
});

test('a page receives how much of its study is read while it is opened for the first time', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 3 });
  const server = await served(url);
  const listener = new Listener(server, ['study']);
  await until(() => listener.events.some(({ kind }) => kind === 'opening'));
  expect(listener.events.find(({ kind }) => kind === 'opening')).toMatchObject({
    study: 'study',
    read: 3,
    total: 3,
  });
  const other = new Listener(server, []);
  await until(() => other.events.length > 1);
  expect(other.events.some(({ kind }) => kind === 'opening')).toBe(false);
});

test('to prepare a study that is not there, or cannot be read, is no error', async () => {
  for (const url of [databaseUrl(), `sqlite:${tempDir()}`]) {
    const database = new ShownDatabase(
      url,
      () => openStorage(url, { create: false }),
      () => {},
    );
    await prepareStudy(new OpenStudies(database), 'ghost');
    await database.close();
  }
});
