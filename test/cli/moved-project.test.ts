import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { LogPart, TrialInfo } from '../../src/dashboard/protocol.js';
import { act, read } from '../dashboard/server/harness.js';
import { anotherHost } from '../support/another-host.js';
import { canBeHosts } from '../support/apart.js';
import {
  hpo,
  linesOf,
  makeProject,
  makeSweep,
  runHpo,
  spawnHpo,
  trainersIn,
  until,
  writeFiles,
} from '../support/cli.js';
import { RawServer } from './mcp/support.js';

const RESUMABLE = fileURLToPath(new URL('../fixtures/resumable/shared.sh', import.meta.url));

/** Its first attempt reports step 1, saves it and fails; a later one resumes after it. */
const FAILS_ONCE =
  'f=$HPO_CHECKPOINT_DIR/step; if [ -e "$f" ]; then echo METRIC step=2 loss=1; exit; fi; ' +
  'echo METRIC step=1 loss=2; echo 1 >"$f"; echo ValueError: its own; exit 3';

function rename(from: string, to: string): string {
  onTestFinished(() => rmSync(to, { recursive: true, force: true }));
  renameSync(from, to);
  return to;
}

/** A project with a failed trial, which was moved after it had ended. */
async function moved(): Promise<{ readonly cwd: string; readonly before: string }> {
  const trainer = { command: ['sh', '-c', FAILS_ONCE] };
  const before = makeSweep({ trainer, checkpoints: 'keep', parameters: { x: [1] } });
  expect((await runHpo(['optimize'], { cwd: before })).code).toBe(1);
  return { cwd: rename(before, `${before}-moved`), before };
}

const LOG = 'METRIC step=1 loss=2\nValueError: its own\n';

test('hpo logs prints the log of a project that was moved', async () => {
  const { cwd } = await moved();
  expect(await hpo(cwd, 'logs', '0')).toBe(LOG);
  expect(await hpo(cwd, 'logs', '0', '-f', '--attempt', '1')).toBe(LOG);
  expect(JSON.parse(await hpo(cwd, 'logs', '0', '--json'))).toMatchObject({ text: LOG, bytes: LOG.length });
});

test('hpo show says where the files of a trial lie now, why it failed and what runs it again', async () => {
  const { cwd, before } = await moved();
  const study = join(cwd, 'outputs/s');
  const shown = JSON.parse(await hpo(cwd, 'show', '0', '--json'));
  expect(shown).toMatchObject({
    folder: join(study, 'trial-00000'),
    log: join(study, 'trial-00000.log'),
    checkpoints: [join(study, 'trial-00000.checkpoint/step')],
    command: expect.stringContaining(`HPO_CONFIG=${join(study, 'config.yaml')} `),
  });
  expect(JSON.stringify(shown)).not.toContain(`${before}/`);
  expect(await hpo(cwd, 'show', '0')).toContain('ValueError: its own');
});

test('hpo best prints a command with the files of a project that was moved', async () => {
  const { cwd } = await moved();
  await hpo(cwd, 'retry', '0');
  expect((await runHpo(['optimize'], { cwd })).code).toBe(0);
  const again = rename(cwd, `${cwd}-again`);
  const command = await hpo(again, 'best', '--command');
  expect(command).toContain(`HPO_CONFIG=${join(again, 'outputs/s/config.yaml')} `);
});

test('the tools of agents show the log of a project that was moved', async () => {
  const { cwd } = await moved();
  const server = new RawServer(cwd);
  const log = await server.request('resources/read', { uri: 'hpo://studies/s/trials/0/log' });
  expect(JSON.stringify(log)).toContain('its own');
  expect(await server.call('explain_failure', { study: 's', trial: 0 })).toMatchObject({
    log: LOG,
    error: 'ValueError: its own',
    logFile: join(cwd, 'outputs/s/trial-00000.log'),
  });
});

test('agents see no log outside of the workspace, to which its moved folder leads', async () => {
  const { cwd } = await moved();
  const outside = makeProject({});
  renameSync(join(cwd, 'outputs/s'), join(outside, 's'));
  symlinkSync(join(outside, 's'), join(cwd, 'outputs/s'));
  const server = new RawServer(cwd);
  const log = await server.request('resources/read', { uri: 'hpo://studies/s/trials/0/log' });
  expect(log.error?.message).toContain('error[mcp.log]');
  expect(await server.call('explain_failure', { study: 's', trial: 0 })).toMatchObject({ log: null });
});

test('a folder that the study has not claimed is not taken for its own', async () => {
  const { cwd } = await moved();
  rmSync(join(cwd, 'outputs/s/.study'), { recursive: true });
  expect(await hpo(cwd, 'logs', '0')).toBe('');
  expect(JSON.parse(await hpo(cwd, 'show', '0', '--json'))).toMatchObject({ folder: null, checkpoints: [] });
});

test('the page shows the log and the files of a project that was moved, and a retry keeps what its trial resumes after', async () => {
  const { cwd } = await moved();
  const dashboard = spawnHpo(['dashboard', '--port', '0', '--json'], { cwd });
  await dashboard.says(/\n/);
  const { host, port, origin, searchParams } = new URL((JSON.parse(dashboard.stdout) as { url: string }).url);
  const server = {
    host,
    port: Number(port),
    origin,
    cookie: `hpo-${port}=${searchParams.get('token') ?? ''}`,
  };
  expect(await read<LogPart>(server, '/api/studies/s/trials/0/log')).toMatchObject({ text: LOG });
  expect(await read<TrialInfo>(server, '/api/studies/s/trials/0')).toMatchObject({
    attempts: [{ hasLog: true }],
    folder: join(cwd, 'outputs/s/trial-00000'),
    checkpoints: ['step'],
    command: expect.stringContaining(join(cwd, 'outputs/s/config.yaml')),
  });
  expect((await act(server, '/api/studies/s/control/retry', { trial: 0 })).status).toBe(200);
  expect((await runHpo(['optimize'], { cwd })).code).toBe(0);
  expect(JSON.parse(await hpo(cwd, 'show', '0', '--json'))).toMatchObject({
    curves: { loss: { steps: [1, 2], values: [2, 1] } },
  });
});

test('a deleted study leaves no checkpoint where its outputs were moved, and nothing of others is removed', async () => {
  const trainer = { command: ['sh', RESUMABLE, '${overrides}'] };
  const before = makeSweep({ trainer, checkpoints: 'remove', parameters: { x: [1] } });
  writeFiles(before, { go: '', 'hold-0-4': '' });
  const on = ['--storage', `sqlite:${join(makeProject({}), 'hpo.db')}`];
  const running = spawnHpo(['optimize', ...on], { cwd: before });
  await until(() => linesOf(before, 'notes').some((line) => / 4$/.test(line)));
  running.kill('SIGTERM');
  await running.ended;
  const cwd = rename(before, `${before}-moved`);
  // At the stored path is now another project.
  const other = join(before, 'outputs/s/trial-00000.checkpoint');
  mkdirSync(other, { recursive: true });
  const own = join(cwd, 'outputs/s/trial-00000.checkpoint');
  expect(existsSync(own)).toBe(true);
  expect(await hpo(cwd, 'study', 'delete', 's', '--yes', ...on)).toContain('the checkpoints of 1 unfinished');
  expect([own, other, join(cwd, 'outputs/s/trial-00000')].map(existsSync)).toEqual([false, true, true]);
});

test.skipIf(!canBeHosts())(
  'hpo stop does not take a trial for one that never began, whose folder another host sees elsewhere',
  async () => {
    const trainer = { command: ['sh', RESUMABLE, '${overrides}'] };
    const cwd = makeSweep({ trainer, checkpoints: 'remove', parameters: { x: [1] } });
    const at = `${cwd}-alpha`;
    mkdirSync(at);
    onTestFinished(() => rmSync(at, { recursive: true, force: true }));
    writeFiles(cwd, { go: '', 'hold-0-2': '' });
    const running = spawnHpo(['optimize'], { cwd, within: anotherHost(cwd, at) });
    await running.says(/trial 0 step 1/);
    running.kill('SIGKILL');
    await running.ended;
    await until(() => trainersIn(at).length === 0);
    expect(await hpo(cwd, 'stop', '0')).toContain('had ended already');
    expect(readdirSync(at)).toEqual([]);
  },
);
