import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { ServerInfo, StudyInfo, StudyListEntry } from '../../../src/dashboard/protocol.js';
import { serveDashboard } from '../../../src/dashboard/server/serve.js';
import { attemptsSeen } from '../../../src/executors/study-outputs.js';
import { openStorage } from '../../../src/storage/open.js';
import { runOptuna } from '../../support/optuna.js';
import { findOptunaPython } from '../../support/real-part.js';
import { until } from '../../support/until.js';
import { act, ask, Listener, read, served } from './harness.js';
import { databaseUrl, makeStudy } from './studies.js';

const pathOf = (url: string) => url.replace('sqlite:', '');

test('it serves before the database exists, and shows it as soon as it does', async () => {
  const url = databaseUrl();
  const server = await served(url);
  expect(await read<ServerInfo>(server, '/api/server')).toMatchObject({ database: { state: 'missing' } });
  expect(await read(server, '/api/studies')).toEqual([]);
  const listener = new Listener(server, ['study']);
  await until(
    () => listener.newest('study') !== null || listener.events.some(({ state }) => state === 'missing'),
  );
  await makeStudy(url, { trials: 2 });
  await until(() => listener.newest('study')?.trialCount === 2);
  await until(() => listener.events.some(({ kind, state }) => kind === 'database' && state === 'open'));
  expect(listener.headers['x-content-type-options']).toBeUndefined();
});

test('a commit of any process shows, with ids, and only to the pages of its study', async () => {
  const url = databaseUrl();
  await makeStudy(url, { name: 'a', trials: 1 });
  await makeStudy(url, { name: 'b', trials: 1 });
  const server = await served(url);
  const [a, both] = [new Listener(server, ['a']), new Listener(server, ['a', 'b'], '5')];
  await until(() => a.newest('a') !== null && both.newest('a') !== null && both.newest('b') !== null);
  const before = both.newest('b')?.revision ?? 0;
  await act(server, '/api/studies/b/control/note', { trial: 0, text: 'new' });
  await until(() => (both.newest('b')?.revision ?? 0) > before);
  expect(a.newest('b')).toBeNull();
  await until(() => a.events.filter(({ kind }) => kind === 'studies').length > 0);
  expect(new Set(both.ids).size).toBe(both.ids.length);
});

test('a study that is deleted, renamed or replaced is gone for those who look at it', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 3 });
  const server = await served(url);
  const listener = new Listener(server, ['study']);
  await until(() => listener.newest('study')?.trialCount === 3);
  expect((await act(server, '/api/studies/study/rename', { name: 'new/name' })).status).toBe(200);
  await until(() => listener.newest('study')?.revision === 0);
  expect((await read<StudyListEntry[]>(server, '/api/studies')).map(({ name }) => name)).toEqual([
    'new/name',
  ]);
  const wrong = await act(server, '/api/studies/new%2Fname/delete', { confirm: 'study' });
  expect(wrong.status).toBe(400);
  expect((await act(server, '/api/studies/new%2Fname/delete', { confirm: 'new/name' })).status).toBe(200);
  expect(await read(server, '/api/studies')).toEqual([]);
  await makeStudy(url, { trials: 1 });
  await until(() => listener.newest('study')?.trialCount === 1);
});

test('a database that is deleted, replaced or broken is a state of the page and never its end', async () => {
  const [url, other] = [databaseUrl(), databaseUrl()];
  await makeStudy(url, { trials: 3 });
  await makeStudy(other, { trials: 5 });
  const server = await served(url);
  const listener = new Listener(server, ['study']);
  const states = () => listener.events.filter(({ kind }) => kind === 'database').map(({ state }) => state);
  await until(() => listener.newest('study')?.trialCount === 3);
  rmSync(pathOf(url));
  await until(() => states().at(-1) === 'missing');
  expect(await read(server, '/api/studies')).toEqual([]);
  copyFileSync(pathOf(other), `${pathOf(url)}.new`);
  renameSync(`${pathOf(url)}.new`, pathOf(url));
  await until(() => listener.newest('study')?.trialCount === 5);
  writeFileSync(`${pathOf(url)}.new`, 'no database at all');
  renameSync(`${pathOf(url)}.new`, pathOf(url));
  await until(() => states().at(-1) === 'failing');
  expect((await ask(server, { path: '/api/studies/study' })).status).toBe(503);
  expect((await ask(server, { path: '/' })).status).toBe(200);
  copyFileSync(pathOf(other), `${pathOf(url)}.new`);
  renameSync(`${pathOf(url)}.new`, pathOf(url));
  await until(async () => (await ask(server, { path: '/api/studies/study' })).status === 200);
  expect(listener.isOpen).toBe(true);
});

test('what a page asks a study is stored as the commands store it, and nothing that they refuse', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 3 });
  const server = await served(url);
  const control = (name: string, body: unknown) => act(server, `/api/studies/study/control/${name}`, body);
  expect((await control('pause', {})).status).toBe(200);
  expect((await read<StudyInfo>(server, '/api/studies/study')).state).toBe('paused');
  expect((await control('resume', {})).status).toBe(200);
  expect((await control('set', { settings: { trials: '+5', trial_timeout: '30m' } })).status).toBe(200);
  expect((await read<StudyInfo>(server, '/api/studies/study')).limits).toEqual({
    trials: '8',
    trial_timeout: '30m',
  });
  expect((await control('enqueue', { parameters: { lr: 0.5 } })).status).toBe(200);
  expect((await control('retry', { failed: true })).answer).toMatchObject({ data: { queued: [2] } });
  expect((await control('note', { text: 'of the study', tags: ['t'] })).status).toBe(200);
  expect(await read<StudyInfo>(server, '/api/studies/study')).toMatchObject({
    note: 'of the study',
    tags: ['t'],
  });
  for (const [name, body, status] of [
    ['stop', { trial: 0 }, 409],
    ['stop', { trial: 77 }, 404],
    ['stop', { trial: '0' }, 400],
    ['note', { trial: 1e99, text: 'x' }, 400],
    ['note', { trial: 0, text: 'x'.repeat(20_001) }, 400],
    ['set', { settings: { trials: 'lots' } }, 400],
    ['set', { settings: { sampler: 'tpe' } }, 400],
    ['enqueue', { parameters: { lr: 7 } }, 400],
    ['enqueue', { parameters: { ghost: 1 } }, 400],
    ['hide', { trials: [] }, 400],
    ['pause', { surprise: 1 }, 400],
    ['constructor', {}, 404],
  ] as const) {
    const { status: found, answer } = await control(name, body);
    expect({ name, found, answer }).toMatchObject({ name, found: status });
    expect(answer).toHaveProperty('error.message');
  }
});

test.skipIf(findOptunaPython() === null)(
  'a study that Optuna made is shown, and says what cannot be done with it; its file stays as it is until somebody acts',
  async () => {
    const url = databaseUrl();
    await runOptuna('foreign_studies.py', pathOf(url));
    const before = readFileSync(pathOf(url));
    const server = await served(url);
    const [entry] = await read<StudyListEntry[]>(server, '/api/studies');
    expect(entry).toMatchObject({ source: 'optuna', broken: null });
    const path = `/api/studies/${encodeURIComponent(entry?.name ?? '')}`;
    const info = await read<StudyInfo>(server, path);
    expect(info.actions).toEqual(['note', 'hide', 'rename', 'delete']);
    expect(info.parameters.length).toBeGreaterThan(0);
    expect(readFileSync(pathOf(url)).equals(before)).toBe(true);
    const refused = await act(server, `${path}/control/pause`, {});
    expect(refused).toMatchObject({ status: 409, answer: { error: { code: 'study.foreign' } } });
    expect((await act(server, `${path}/control/note`, { trial: 0, text: 'seen' })).status).toBe(200);
    expect(await read(server, `${path}/trials/0`)).toMatchObject({ note: 'seen' });
    // A sweep in the same file brings hpo's own tables.
    const other = databaseUrl();
    copyFileSync(pathOf(url), pathOf(other));
    writeFileSync(pathOf(other), before);
    const later = await served(other);
    const listener = new Listener(later, ['mine']);
    expect((await read<StudyListEntry[]>(later, '/api/studies')).length).toBeGreaterThan(0);
    await makeStudy(other, { name: 'mine', trials: 2 });
    await until(() => listener.newest('mine')?.trialCount === 2);
    await until(async () => (await read<StudyInfo>(later, '/api/studies/mine')).source === 'hpo');
  },
);

test('a client that does not read keeps neither memory nor the others', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 1 });
  const server = await served(url);
  const lazy = connect(server.port, '127.0.0.1', () =>
    lazy.write(
      `GET /api/events?study=study HTTP/1.1\r\nHost: ${server.host}\r\nCookie: ${server.cookie}\r\n\r\n`,
    ),
  );
  lazy.pause();
  const listener = new Listener(server, ['study']);
  await until(() => listener.newest('study') !== null);
  const before = listener.newest('study')?.revision ?? 0;
  await act(server, '/api/studies/study/control/note', { trial: 0, text: 'x' });
  await until(() => (listener.newest('study')?.revision ?? 0) > before);
  lazy.destroy();
});

test('it ends at once, open streams and idle connections included', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 1 });
  const assets = '/nowhere';
  const running = await serveDashboard({
    url,
    openStorage: (access) => openStorage(url, { create: false, readOnly: access === 'read' }),
    attemptsHere: () => attemptsSeen(async () => null),
    host: '127.0.0.1',
    port: 0,
    readOnly: false,
    firstStudy: null,
    unreadMs: 1_000,
    version: '1',
    assets,
    judge: () => Promise.reject(new Error('not asked')),
    onDefect: () => {},
  });
  const { port } = running;
  await expect(
    serveDashboard({
      url,
      openStorage: () => Promise.reject(new Error('not opened')),
      attemptsHere: () => attemptsSeen(async () => null),
      host: '127.0.0.1',
      port,
      readOnly: false,
      firstStudy: null,
      unreadMs: 1_000,
      version: '1',
      assets,
      judge: () => Promise.reject(new Error('not asked')),
      onDefect: () => {},
    }),
  ).rejects.toMatchObject({
    code: 'dashboard.port-in-use',
    usage: true,
    fix: expect.stringContaining('--port'),
  });
  const token = new URL(running.url).searchParams.get('token') as string;
  const server = {
    ...running,
    token,
    host: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    cookie: `hpo-${port}=${token}`,
    defects: [],
  };
  const listener = new Listener(server, ['study']);
  await until(() => listener.isOpen);
  const idle = connect(port, '127.0.0.1');
  idle.on('error', () => {});
  await running.close();
  await until(() => !listener.isOpen);
});
