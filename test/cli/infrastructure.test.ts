import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  makeProject,
  runHpo,
  spawnHpo,
  sweepFile,
  trainersIn,
  trialsOf,
  writeFiles,
} from '../support/cli.js';
import { canMount, describeOnSmallDisk, readOnly } from '../support/tmpfs.js';

describeOnSmallDisk('an outputs folder on a disk that becomes read-only', () => {
  test('pauses the sweep with one warning, burns no trial, and the sweep resumes by itself', async () => {
    const cwd = makeProject();
    mkdirSync(join(cwd, 'outputs'));
    writeFiles(cwd, {
      'cfg/sweep.yaml': sweepFile({ trainer: 'steps.sh', parameters: { x: [...Array(8).keys()] } }),
    });
    const running = spawnHpo(['optimize'], { cwd });
    await running.says(/trial 1 COMPLETE/);
    const writable = readOnly(join(cwd, 'outputs'));
    await running.says(/cannot be written: no trial is started until it can be/);
    writable();
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/cannot be written: no trial is started/g)).toHaveLength(1);
    expect(stdout).toMatch(/can be written again: the sweep resumes/);
    expect(stdout).not.toMatch(/FAIL/);
    const trials = await trialsOf(cwd);
    expect(trials.map(({ state, values }) => [state, values])).toEqual(
      [...Array(8).keys()].map((x) => ['COMPLETE', [x]]),
    );
  });
});

test.runIf(process.platform === 'linux')(
  'too few open files for all slots: as many trials run as can be, every one is complete, none failed',
  async () => {
    const cwd = makeProject({
      'cfg/sweep.yaml': sweepFile({
        trainer: { command: ['sh', '-c', 'echo METRIC loss=1; exec sleep 0.3'] },
        parameters: { x: [...Array(12).keys()] },
        max_concurrent: 12,
      }),
    });
    const running = spawnHpo(['optimize'], { cwd });
    await running.says(/trial 2 started/);
    const pid = String(running.child.pid);
    // Its modules are loaded: what it opens from here on are logs, and what it keeps in hand for everything else.
    const most = readdirSync(`/proc/${pid}/fd`).length + 36;
    expect(spawnSync('prlimit', ['--pid', pid, `--nofile=${most}:${most}`]).status).toBe(0);
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toMatch(/FAIL|retry/);
    expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(Array(12).fill('COMPLETE'));
  },
);

test.runIf(canMount())('hpo stop ends a trial though the database cannot be written', async () => {
  const cwd = makeProject({
    'cfg/sweep.yaml': sweepFile({ trainer: 'ticks.sh', parameters: { x: [1] } }),
  });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 0 step 1/);
  // The sweep has its database open, and writes it as before.
  readOnly(join(cwd, 'storage'));
  const { code, stdout, stderr } = await runHpo(['stop', '0'], { cwd });
  expect([code, stdout]).toEqual([0, 'trial 0 was stopped; the sweep continues\n']);
  expect(stderr).toContain('the request could not be stored');
  expect(trainersIn(cwd)).toEqual([]);
  await running.ended;
});

test.runIf(canMount())(
  'a user with too few processes for all slots: every trial is complete, none failed',
  async () => {
    const user = 30_000 + (process.pid % 10_000);
    const cwd = makeProject();
    writeFiles(cwd, {
      'cfg/sweep.yaml': sweepFile({
        trainer: { command: ['sh', '-c', 'echo METRIC loss=1; exec sleep 0.3'] },
        parameters: { x: [...Array(12).keys()] },
        max_concurrent: 12,
        retries: 1,
      }),
    });
    for (const folder of [cwd, join(cwd, 'cfg')]) {
      chmodSync(folder, 0o755);
      chownSync(folder, user, user);
    }
    const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
    const as = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', 'prlimit', '--nproc=26:26'];
    const child = spawn('setpriv', [...as, process.execPath, main, 'optimize'], {
      cwd,
      env: {
        PATH: process.env.PATH,
        HOME: cwd,
        TMPDIR: cwd,
        TERM: 'dumb',
        HPO_LEASE_DIR: join(cwd, 'leases'),
      },
    });
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    child.stderr.on('data', (data) => {
      said += data;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(said).toMatch(/this does not count against any trial; launching pauses/);
    expect(said).not.toMatch(/FAIL|retry/);
    expect(code).toBe(0);
    const trials = await trialsOf(cwd);
    expect(trials.map(({ state }) => state)).toEqual(Array(12).fill('COMPLETE'));
  },
);
