import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LogPart, StudyInfo, TrialInfo } from '../../../src/dashboard/protocol.js';
import { makeSweep, type RunningHpo, runHere, spawnHpo, until } from '../../support/cli.js';
import { type Address, act, ask, Listener, read } from './harness.js';

/** Where a server is, from the URL that it printed. */
function addressOf(url: string): Address {
  const { hostname, port, searchParams } = new URL(url);
  const token = searchParams.get('token') ?? '';
  const host = `${hostname}:${port}`;
  return { port: Number(port), host, origin: `http://${host}`, cookie: `hpo-${port}=${token}` };
}

async function pageOf(running: RunningHpo): Promise<Address> {
  await running.says(/page: http\S+/);
  const [, url = ''] = /page: (http\S+)/.exec(running.stdout) ?? [];
  return addressOf(url);
}

async function isGone(server: Address): Promise<boolean> {
  return ask(server, { path: '/api/server' }).then(
    () => false,
    () => true,
  );
}

test('the page beside a sweep acts on the trials that run, shows their logs and ends with the sweep', async () => {
  const cwd = makeSweep({ trainer: 'gate.sh' });
  const sweep = spawnHpo(['optimize', '--dashboard'], { cwd });
  const server = await pageOf(sweep);
  const listener = new Listener(server, ['s']);
  await until(() => listener.newest('s')?.state === 'running' && listener.newest('s')?.trialCount === 2);
  const logOf = (trial: number) => read<LogPart>(server, `/api/studies/s/trials/${trial}/log`);
  await until(async () => (await logOf(1)).text.includes('METRIC epoch=1 loss=5'));
  expect(await logOf(1)).toMatchObject({ growing: true });
  expect((await act(server, '/api/studies/s/rename', { name: 'other' })).status).toBe(409);
  expect((await act(server, '/api/studies/s/control/stop', { trial: 1 })).status).toBe(200);
  await until(async () => (await read<TrialInfo>(server, '/api/studies/s/trials/1')).state === 'PRUNED');
  expect(await logOf(1)).toMatchObject({ growing: false });
  await until(() => listener.newest('s')?.trialCount === 3);
  expect((await act(server, '/api/studies/s/control/pause', {})).status).toBe(200);
  expect((await act(server, '/api/studies/s/control/set', { settings: { max_concurrent: 1 } })).status).toBe(
    200,
  );
  await until(() => listener.newest('s')?.state === 'paused');
  expect(await read<StudyInfo>(server, '/api/studies/s')).toMatchObject({ limits: { max_concurrent: '1' } });
  expect((await act(server, '/api/studies/s/control/resume', {})).status).toBe(200);
  writeFileSync(join(cwd, 'go'), '');
  expect(await sweep.ended).toMatchObject({ code: 0 });
  await until(() => isGone(server));
});

test('a sweep that is killed leaves no page behind', async () => {
  const cwd = makeSweep({ trainer: 'gate.sh' });
  const sweep = spawnHpo(['optimize', '--dashboard'], { cwd });
  const server = await pageOf(sweep);
  sweep.kill('SIGKILL');
  await sweep.ended;
  await until(() => isGone(server));
  writeFileSync(join(cwd, 'go'), '');
});

test('hpo dashboard prints one line and ends with 0 at Ctrl-C; another one on its port is told what to do', async () => {
  const cwd = makeSweep();
  await runHere(['optimize'], { cwd });
  writeFileSync(join(cwd, 'xdg-open'), '#!/bin/sh\necho "$1" > opened.part && mv opened.part opened\n', {
    mode: 0o755,
  });
  const first = spawnHpo(['dashboard', '--port', '0', '--json', '--read-only', '--open'], {
    cwd,
    env: { PATH: `${cwd}:${process.env.PATH}` },
  });
  await first.says(/\n/);
  const printed = JSON.parse(first.stdout) as { url: string; port: number; readOnly: boolean };
  expect(printed).toMatchObject({ readOnly: true, storage: 'sqlite:storage/hpo.db' });
  const server = addressOf(printed.url);
  await until(() => existsSync(join(cwd, 'opened')));
  expect(readFileSync(join(cwd, 'opened'), 'utf8')).toBe(`${printed.url}\n`);
  const listener = new Listener(server, ['s']);
  await until(() => listener.newest('s')?.trialCount === 3);
  const page = await ask(server, { path: '/' });
  expect(page.headers['content-type']).toContain('text/html');
  expect(await read(server, '/api/studies/s/importance')).toMatchObject({ metric: 'loss' });
  const second = await runHere(['dashboard', '--port', String(printed.port)], { cwd });
  expect(second.code).toBe(2);
  expect(second.stderr).toMatch(/error\[dashboard\.port-in-use\][\s\S]*--port/);
  first.kill('SIGINT');
  expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
});

test('a report is one file with the study; a study that does not exist writes nothing and exits 2', async () => {
  const cwd = makeSweep();
  await runHere(['optimize'], { cwd });
  const made = await runHere(['dashboard', '--study', 's', '--out', 'report.html'], { cwd });
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const html = readFileSync(join(cwd, 'report.html'), 'utf8');
  expect(html).toContain('hpo-columns');
  // Like any command it finds the study of the sweep file.
  const found = await runHere(['dashboard', '--out', 'found.html', '--json'], { cwd });
  expect(JSON.parse(found.stdout)).toMatchObject({ study: 's', file: 'found.html' });
  for (const args of [
    ['--study', 'none', '--out', 'x.html'],
    ['--out', 'x.html', '--storage', 'sqlite:other.db'],
    ['--study', 's', '--out', 'no/folder/x.html'],
    ['--study', 's', '--out', 'x.html', '--storage', 'sqlite:none.db'],
  ]) {
    expect((await runHere(['dashboard', ...args], { cwd })).code).toBe(2);
    expect(existsSync(join(cwd, 'x.html')) || existsSync(join(cwd, 'none.db'))).toBe(false);
  }
});
