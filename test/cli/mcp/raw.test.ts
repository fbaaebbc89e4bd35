import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, makeSweep, sweepFile, trainersIn, until, writeFiles } from '../../support/cli.js';
import { type Data, RawServer } from './support.js';

const GATES = { trainer: 'gate.sh', parameters: { x: [1, 2, 3, 4] }, max_concurrent: 2 };

test('before any greeting unknown methods are refused, and malformed lines do not end the server', async () => {
  const server = new RawServer(makeProject());
  expect((await server.request('server/discover')).error?.code).toBe(-32601);
  server.write('{"jsonrpc":\n');
  expect((await server.read()).error?.code).toBe(-32700);
  server.write(`"${'x'.repeat(5 * 2 ** 20)}"\n`);
  expect((await server.read()).error?.code).toBe(-32700);
  const line = Buffer.from(
    `${JSON.stringify({ jsonrpc: '2.0', id: 'µ', method: 'tools/call', params: { name: 'best', arguments: { study: '宽→' } } })}\n`,
  );
  for (let at = 0; at < line.length; at += 7) server.write(line.subarray(at, at + 7));
  const said = await server.read();
  expect(said).toMatchObject({ id: 'µ', result: { isError: true } });
  // Nothing is made for a look.
  expect(existsSync(join(process.cwd(), 'storage', 'hpo.db'))).toBe(false);
  const listed = (await server.request('resources/list')).result as Data;
  expect(listed.resources).toMatchObject([{ uri: 'hpo://reference/sweep', mimeType: 'text/plain' }]);
  const read = await server.request('resources/read', { uri: 'hpo://reference/sweep' });
  const [{ text }] = (read.result as Data).contents;
  for (const key of ['initial_points', 'scheduler', 'repeats', 'seeds', 'sampler'])
    expect(text).toMatch(new RegExp(`^${key}: .*default: `, 'm'));
  expect(text.length).toBeLessThan(12_000);
  expect(await server.end()).toBe(0);
});

test('requests that arrive with the end of the input are answered first', async () => {
  const server = new RawServer(makeSweep());
  const line = (id: number, method: string, params = {}) =>
    `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
  server.write(
    line(1, 'tools/call', { name: 'plan', arguments: { sweep: 'cfg/sweep.yaml' } }) + line(2, 'ping'),
  );
  const ended = server.end();
  const answers = [await server.read(), await server.read()];
  expect(answers.map(({ id }) => id).toSorted()).toEqual([1, 2]);
  expect(JSON.stringify(answers)).toContain('"params\\":');
  expect(await ended).toBe(0);
});

test('nothing outside of the workspace is planned or started, and a file that is wrong says where', async () => {
  const cwd = makeSweep();
  const outside = makeProject({ 'sweep.yaml': sweepFile({ study: 'outside' }) });
  symlinkSync(join(outside, 'sweep.yaml'), join(cwd, 'link.yaml'));
  symlinkSync(outside, join(cwd, 'folder'));
  writeFiles(cwd, { 'wrong.yaml': 'study: s\nparameters: {x: [1]}\ntrainer: {comand: [a]}\n' });
  const server = new RawServer(cwd);
  const { tools } = (await server.request('tools/list')).result as Data;
  const may = (each: Data) => each.annotations.openWorldHint && !each.annotations.readOnlyHint;
  expect(tools.filter(may).map(({ name }: Data) => name)).toEqual(['plan', 'start']);
  for (const name of ['plan', 'start'])
    for (const sweep of [
      join(outside, 'sweep.yaml'),
      '../x.yaml',
      'link.yaml',
      'folder/sweep.yaml',
      '/etc/passwd',
    ])
      expect((await server.call(name, { sweep })).error).toContain('error[mcp.outside]');
  expect((await server.call('start', { sweep: 'none.yaml' })).error).toContain('error[mcp.no-file]');
  const wrong = await server.call('start', { sweep: 'wrong.yaml' });
  expect(wrong.error).toMatch(/error\[mcp\.refused\][\s\S]*wrong\.yaml:3[\s\S]*did you mean command/);
  expect(existsSync(join(cwd, 'storage', 'hpo.db'))).toBe(false);
  // The default database must not lie outside either.
  symlinkSync(outside, join(cwd, 'storage'));
  for (const name of ['plan', 'start'])
    expect((await server.call(name, { sweep: 'cfg/sweep.yaml' })).error).toContain('error[mcp.outside]');
  expect((await server.call('status', { study: 's' })).error).toContain('expected the database inside');
  expect(existsSync(join(outside, 'hpo.db'))).toBe(false);
});

test('a database that the person named who set up the server may be anywhere', async () => {
  const cwd = makeSweep({ trials: 1 });
  const url = `sqlite:${makeProject()}/far.db`;
  const server = new RawServer(cwd, ['--storage', url]);
  await server.call('start', { sweep: 'cfg/sweep.yaml' });
  await until(async () => (await server.call('status', { study: 's' })).state === 'finished');
  expect(existsSync(join(cwd, 'storage'))).toBe(false);
  expect(await hpo(cwd, 'best', '--storage', url, '--study', 's')).toContain('loss');
});

test('a sweep outlives the server that started it, killed with its process group; another server ends it', async () => {
  const cwd = makeSweep(GATES);
  const first = new RawServer(cwd);
  const started = await first.call('start', { sweep: 'cfg/sweep.yaml' });
  expect(started).toMatchObject({ study: 's', state: 'running', pid: expect.any(Number) });
  expect((await first.call('start', { sweep: 'cfg/sweep.yaml' })).error).toContain('error[mcp.running]');
  await until(() => trainersIn(cwd).length > 0);
  process.kill(-(first.child.pid as number), 'SIGKILL');
  const second = new RawServer(cwd);
  writeFiles(cwd, { 'go-0': '', 'go-1': '' });
  await until(async () => (await second.call('status', { study: 's' })).trials.complete === 2);
  expect(process.kill(started.pid, 0)).toBe(true);
  expect(await second.call('stop', { study: 's' })).toMatchObject({ study: 's', text: expect.anything() });
  await until(async () => (await second.call('status', { study: 's' })).state === 'stopped');
  expect((await second.call('stop', { study: 's' })).error).toContain('error[sweep.not-running]');
  expect(trainersIn(cwd)).toEqual([]);
  const ended = await second.call('status', { study: 's' });
  expect(ended).toMatchObject({ state: 'stopped', end: 'interrupted', trials: { complete: 2, queued: 2 } });
  // It continues with the trials that were stopped.
  writeFiles(cwd, { go: '' });
  await second.call('start', { sweep: 'cfg/sweep.yaml' });
  await until(async () => (await second.call('status', { study: 's' })).state === 'finished');
  expect(await second.call('status', { study: 's' })).toMatchObject({ trials: { complete: 4, fail: 0 } });
  expect(await second.end()).toBe(0);
});

test('a trial that a signal ended, and its retry, are explained', async () => {
  const command = ['sh', '-c', 'kill -SEGV $$'];
  const cwd = makeSweep({ trainer: { command }, retries: 1, parameters: { x: [1] } });
  const server = new RawServer(cwd);
  await server.call('start', { sweep: 'cfg/sweep.yaml' });
  await until(async () => (await server.call('status', { study: 's', wait: 5 })).state === 'failed');
  const { signal, retries, attempts } = await server.call('explain_failure', { study: 's', trial: 0 });
  expect({ signal, retries, attempts }).toMatchObject({
    ...{ signal: 'SIGSEGV', retries: 1 },
    attempts: [{ signal: 'SIGSEGV' }, { signal: 'SIGSEGV' }],
  });
});

test('a sweep whose process was killed has failed, and so has one whose trials all failed', async () => {
  const cwd = makeSweep(GATES);
  mkdirSync(join(cwd, 'more'));
  writeFileSync(
    join(cwd, 'more', 'bad.yaml'),
    sweepFile({
      study: 'bad',
      trainer: {
        command: [
          'sh',
          '-c',
          'test -e mended && exec echo METRIC loss=1; echo "ValueError: \u001b[31mno\u001b[0m"; exit 3',
        ],
      },
    }),
  );
  const server = new RawServer(cwd);
  const { pid } = await server.call('start', { sweep: 'cfg/sweep.yaml' });
  await until(() => trainersIn(cwd).length > 0);
  process.kill(pid, 'SIGKILL');
  await until(async () => (await server.call('status', { study: 's' })).state === 'failed');
  await server.call('start', { sweep: join('more', 'bad.yaml') });
  await until(async () => (await server.call('status', { study: 'bad' })).state !== 'running');
  expect(await server.call('status', { study: 'bad' })).toMatchObject({ state: 'failed', end: 'failures' });
  expect(await server.call('explain_failure', { study: 'bad', trial: 1 })).toMatchObject({
    trial: 1,
    state: 'fail',
    exitCode: 3,
    signal: null,
    error: 'ValueError: no',
    retries: 0,
    log: 'ValueError: no\n',
    similar: [{ state: 'fail' }, { state: 'fail' }],
  });
  expect((await server.call('explain_failure', { study: 's' })).error).toContain('error[mcp.none-failed]');
  expect(dirname((await server.call('explain_failure', { study: 'bad' })).logFile)).toContain('bad');
  // Once the program is mended, they run again, and the answer waits for the end.
  writeFiles(cwd, { mended: '' });
  await server.call('start', { sweep: 'more/bad.yaml', retry_failed: true });
  await until(async () => (await server.call('status', { study: 'bad', wait: 5 })).state === 'finished');
  expect(await server.call('status', { study: 'bad' })).toMatchObject({ trials: { complete: 3, fail: 0 } });
});
