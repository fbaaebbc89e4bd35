import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, makeSweep, until } from '../../support/cli.js';
import { RawServer } from './support.js';

test('a log is shown only where it is a file of hpo in the workspace: no link, no pipe, no folder elsewhere', async () => {
  const command = ['sh', '-c', 'echo ValueError: its own; exit 3'];
  const cwd = makeSweep({ trainer: { command }, parameters: { x: [1] } });
  const outside = makeProject({ secret: 'Error: secret\n' });
  const server = new RawServer(cwd);
  const log = () => server.request('resources/read', { uri: 'hpo://studies/s/trials/0/log' });
  const explained = () => server.call('explain_failure', { study: 's', trial: 0 });
  await server.call('start', { sweep: 'cfg/sweep.yaml' });
  await until(async () => (await server.call('status', { study: 's' })).state === 'failed');
  expect(JSON.stringify(await log())).toContain('its own');
  expect(await explained()).toMatchObject({ log: 'ValueError: its own\n', error: 'ValueError: its own' });

  const attempts = join(cwd, 'outputs', 's', '.attempts');
  const [name = ''] = readdirSync(attempts);
  const file = join(attempts, name, 'log');
  const isRefused = async () => {
    expect((await log()).error?.message).toContain('error[mcp.log]');
    const said = await explained();
    expect(said).toMatchObject({ log: null, exitCode: 3 });
    expect(JSON.stringify(said)).not.toContain('secret');
  };
  for (const target of [join(outside, 'secret'), join(outside, 'none')]) {
    rmSync(file);
    symlinkSync(target, file);
    await isRefused();
  }
  rmSync(file);
  execFileSync('mkfifo', [file]);
  await isRefused();
  rmSync(file);
  writeFileSync(file, 'Error: secret\n');
  // A folder that lies elsewhere.
  renameSync(join(cwd, 'outputs', 's'), join(outside, 's'));
  symlinkSync(join(outside, 's'), join(cwd, 'outputs', 's'));
  await isRefused();
  // Where the database is named, so are the folders in it.
  const named = new RawServer(cwd, ['--storage', `sqlite:${cwd}/storage/hpo.db`]);
  expect(await named.call('explain_failure', { study: 's' })).toMatchObject({ log: 'Error: secret\n' });
  rmSync(join(cwd, 'outputs', 's'));
  mkdirSync(join(cwd, 'outputs', 's'));
  expect(await explained()).toMatchObject({ log: '' });
});
