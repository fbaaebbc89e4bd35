import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../src/cli/doctor/check.js';
import type { Report } from '../../../src/cli/doctor/examine.js';
import { openStorage } from '../../../src/storage/open.js';
import { cleanEnv } from '../../support/bundle.js';
import {
  hpo,
  makeProject,
  makeSweep,
  runHere,
  runHpo,
  spawnHpo,
  trainersIn,
  tree,
  until,
} from '../../support/cli.js';
import { GPU_PATH, machine } from '../../support/gpus.js';
import { installStandIns } from '../../support/tfjs-node.js';
import { describeOnSmallDisk, smallDisk } from '../../support/tmpfs.js';

/** What hpo doctor --json finds; `row` is one of its checks. */
async function examine(cwd: string, env: Record<string, string> = {}, ...args: string[]) {
  const { code, stdout, stderr } = await runHpo(['doctor', '--json', ...args], { cwd, env });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as Report;
  expect(code).toBe(report.ok ? 0 : 1);
  return { report, row: (name: string) => report.checks.find((check) => check.name === name) };
}

const WORKER = fileURLToPath(new URL('../../../dist/cli/doctor/worker.js', import.meta.url));

/** The same by one part of the examination alone: the others take most of the time. */
async function examinePart(
  part: 'gpus' | 'storage' | 'disk',
  cwd: string,
  { env = {}, storage = 'sqlite:storage/hpo.db' }: { env?: Record<string, string>; storage?: string },
) {
  const args = [WORKER, part, JSON.stringify({ storage, limitMs: 60_000 })];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, env: cleanEnv(env) });
  const rows = [...stdout.matchAll(/^HPO-DOCTOR (.*)$/gm)].map(([, row = '']) => JSON.parse(row) as Row);
  return { row: (name: string) => rows.find((row) => row.name === name) };
}

/** A PATH whose nvidia-smi is this script. */
function pathWith(folder: string, script: string): string {
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  return `${folder}:/usr/bin:/bin`;
}

describe('a machine that is well', () => {
  test('is reported in lines of one form, and nothing is changed', async () => {
    const cwd = makeProject();
    const { code, stdout } = await runHpo(['doctor'], { cwd, env: { PATH: GPU_PATH } });
    const lines = stdout.trimEnd().split('\n');
    const odd = lines
      .slice(0, -1)
      .filter((line) => !/^$|^[a-z]+$|^ {2}(ok {2}|info|warn) {2}[\w.-]+ +\S.*$|^ {8}fix: \S/.test(line));
    expect(odd).toEqual([]);
    expect(lines.filter((line) => /^[a-z]+$/.test(line))).toEqual([
      'machine',
      'packages',
      'gpus',
      'clusters',
      'storage',
      'disk',
      'trainer',
    ]);
    expect(lines.at(-1)).toMatch(/^hpo can work here/);
    expect(stdout).toContain('Test GPU, 0 % busy, 10 of 1000 MiB used, 30 °C, GPU-bbbb');
    expect([code, tree(cwd)]).toEqual([0, {}]);
  });

  test('has the same findings as JSON, under names that stay', async () => {
    const cwd = makeSweep();
    await hpo(cwd, 'study', 'create');
    // Another program has it open, so its newest pages are in the log beside it.
    const other = await openStorage(`sqlite:${join(cwd, 'storage/hpo.db')}`);
    const before = tree(cwd);
    const { report, row } = await examine(cwd, { PATH: GPU_PATH });
    expect(tree(cwd)).toEqual(before);
    await other.close();
    expect(report.checks.map(({ name }) => name)).toEqual([
      ...['node', 'system', 'cpu', 'memory', 'open-files', 'shell', 'python'],
      ...['hpo', 'needed', 'optional'],
      ...['nvidia-smi', 'gpu.0', 'gpu.1', 'cuda-visible-devices', 'leases'],
      ...['slurm', 'ray'],
      ...['sqlite', 'database', 'database-place', 'outputs'],
      ...['space.storage', 'space.outputs', 'space.tmp'],
      ...[
        'backend.tfjs-node-gpu',
        'backend.webgpu',
        'backend.tfjs-node',
        'backend.wasm',
        'mnist',
        'built-in',
      ],
    ]);
    expect(report).toMatchObject({ ok: true, version: expect.stringMatching(/^\d+\./) });
    expect(Object.values(report.counts).reduce((a, b) => a + b)).toBe(report.checks.length);
    expect(row('nvidia-smi')?.details).toEqual({ gpus: 2, driver: '550.54.14', trouble: null });
    expect(row('gpu.1')?.details).toMatchObject({ uuid: 'GPU-bbbb', memoryTotalMiB: 1000, powerW: null });
    expect(row('database')?.details).toMatchObject({ studies: 1, journal: 'WAL' });
    expect(row('built-in')?.details).toEqual({ backend: 'wasm' });
  });

  test('shows which trial holds a GPU', async () => {
    const gpus = machine();
    const cwd = gpus.sweep('held');
    const running = gpus.start(cwd);
    await running.says(/trial 0/);
    await until(() => gpus.starts('held').length === 2);
    const { row } = await examinePart('gpus', cwd, { env: gpus.env });
    expect(row('leases')?.message).toMatch(/GPU [01] is held by study held, trial 0 \(pid \d+\)/);
    expect(row('leases')?.details?.held).toHaveLength(2);
    // Copied while a sweep writes to it.
    const storage = await examinePart('storage', cwd, { env: gpus.env });
    expect(storage.row('database')).toMatchObject({ status: 'ok', details: { studies: 1 } });
  });
});

describe('a machine that is ill', () => {
  test('a driver and an addon that hang, and everything else is still found', async () => {
    const cwd = makeProject();
    const PATH = pathWith(makeProject(), 'sleep 1000');
    const NODE_PATH = installStandIns(makeProject(), { 'tfjs-node-gpu': 'blocks-for-ever' });
    const storage = ['--storage', 'sqlite:a b.db'];
    const { report, row } = await examine(cwd, { PATH, NODE_PATH }, '--timeout', '9s', ...storage);
    expect(row('nvidia-smi')).toMatchObject({ status: 'warn', details: { gpus: 0, trouble: 'late' } });
    expect(row('database')?.details).toMatchObject({ path: join(cwd, 'a b.db') });
    expect(row('backend.tfjs-node-gpu')).toMatchObject({
      status: 'fail',
      message: 'a process that loads it did not end within 9 s',
      fix: expect.stringContaining('npm uninstall @tensorflow/tfjs-node-gpu'),
    });
    expect(row('built-in')).toMatchObject({ status: 'fail', fix: 'npm uninstall @tensorflow/tfjs-node-gpu' });
    expect(row('backend.wasm')?.status).toBe('ok');
    expect(report.ok).toBe(false);
  });

  test('addons that end whoever loads them', async () => {
    const NODE_PATH = installStandIns(makeProject(), { 'tfjs-node-gpu': 'dies', 'tfjs-node': 'exits' });
    const { row } = await examine(makeProject(), { NODE_PATH });
    expect(row('backend.tfjs-node-gpu')?.message).toBe('a process that loads it was killed by SIGSEGV');
    expect(row('backend.tfjs-node')?.message).toBe('a process that loads it ended without output');
    expect(row('backend.wasm')?.status).toBe('ok');
    expect(row('built-in')?.status).toBe('fail');
  });

  test('a driver that fails, an addon that is broken and one that finds no GPU are warnings', async () => {
    const PATH = pathWith(
      makeProject(),
      'echo "Failed to initialize NVML: Driver/library version mismatch"; exit 18',
    );
    const NODE_PATH = installStandIns(makeProject(), {
      'tfjs-node-gpu': 'no-gpu',
      'tfjs-node': 'no-binding',
    });
    const { report, row } = await examine(makeProject(), { PATH, NODE_PATH });
    expect(row('nvidia-smi')).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('library version mismatch'),
    });
    expect(row('backend.tfjs-node-gpu')).toMatchObject({ status: 'warn', details: { state: 'on-cpu' } });
    expect(row('backend.tfjs-node')).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('tfjs_binding.node'),
      fix: expect.stringMatching(/^npm rebuild @tensorflow\/tfjs-node /),
    });
    expect(row('built-in')?.details).toEqual({ backend: 'tfjs-node-gpu' });
    expect(report.ok).toBe(true);
  });

  test('no nvidia-smi is no problem', async () => {
    const NODE_PATH = installStandIns(makeProject(), { 'tfjs-node': 'cpu' });
    const { row } = await examine(makeProject(), { PATH: '/no/such/folder', NODE_PATH });
    expect(row('backend.tfjs-node')).toMatchObject({ status: 'ok', details: { state: 'works' } });
    expect(row('built-in')?.details).toEqual({ backend: 'tfjs-node' });
    expect(row('nvidia-smi')).toMatchObject({ status: 'info', details: { trouble: 'missing' } });
    expect(row('python')?.status).toBe('info');
  });

  test('a lease folder that cannot be trusted', async () => {
    const cwd = makeProject();
    const dir = join(cwd, 'loose');
    mkdirSync(dir);
    chmodSync(dir, 0o777);
    const finding = {
      message: expect.stringContaining('others may write to it'),
      fix: expect.stringContaining('HPO_LEASE_DIR'),
    };
    const gpus = await examinePart('gpus', cwd, { env: { PATH: GPU_PATH, HPO_LEASE_DIR: dir } });
    expect(gpus.row('leases')).toMatchObject({ status: 'fail', ...finding });
    const none = await examinePart('gpus', cwd, { env: { PATH: '/usr/bin:/bin', HPO_LEASE_DIR: dir } });
    expect(none.row('leases')).toMatchObject({ status: 'warn', ...finding });
  });

  test.each([
    ['what is no database', Buffer.from('name,value\n'.repeat(100)), 'got another kind of file'],
    ['a database without its pages', Buffer.from(`SQLite format 3\0${'\0'.repeat(5000)}`), 'is damaged'],
  ])('%s in the place of a database', async (_, content, words) => {
    const cwd = makeProject({ 'a b.db': content.toString('latin1') });
    const before = tree(cwd);
    const { row } = await examinePart('storage', cwd, { storage: 'sqlite:a b.db' });
    expect(row('database')).toMatchObject({
      status: 'fail',
      message: expect.stringContaining(words),
      fix: "hpo storage check --storage 'sqlite:a b.db' shows details",
    });
    // The copy that was opened is a matter of ours.
    expect(row('database')?.message).not.toContain('hpo-doctor');
    expect(tree(cwd)).toEqual(before);
  });

  test('a folder in the place of a database, a driver that is not known, a storage that is none', async () => {
    const cwd = makeProject();
    const env = { HPO_SQLITE_DRIVER: 'oracle' };
    const { row } = await examinePart('storage', cwd, { env, storage: 'sqlite:.' });
    expect(row('database')).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('it is a folder'),
    });
    expect(row('sqlite')).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('HPO_SQLITE_DRIVER'),
    });
    // Another command on the file could not read it either.
    const file = makeProject({ 'a.db': `SQLite format 3\0${'\0'.repeat(5000)}` });
    const unread = await examinePart('storage', file, { env, storage: 'sqlite:a.db' });
    expect(unread.row('database')).toMatchObject({
      status: 'info',
      message: expect.stringContaining('not read'),
    });
    expect(unread.row('database')).not.toHaveProperty('fix');
    const wrong = await runHere(['doctor', '--storage', 'mysql://x'], { cwd });
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain('error[storage.bad-url]');
  });

  test('Ctrl-C ends it with what hangs', async () => {
    const cwd = makeProject();
    const NODE_PATH = installStandIns(makeProject(), { 'tfjs-node': 'blocks-for-ever' });
    // By this variable trainersIn finds every process of this examination.
    const running = spawnHpo(['doctor'], { cwd, env: { NODE_PATH, HPO_TRIAL_DIR: `${cwd}/x` } });
    // It hears signals before it starts any other.
    await until(() => trainersIn(cwd).length > 1);
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
    await until(() => trainersIn(cwd).length === 0);
  });
});

describeOnSmallDisk('a disk of its own', () => {
  test('a nearly full one', async () => {
    const storage = `sqlite:${smallDisk(4)}/hpo.db`;
    const { row } = await examinePart('disk', makeProject(), { storage });
    expect(row('space.storage')).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('free some space'),
    });
    expect(row('space.outputs')?.details?.path).not.toBe(row('space.storage')?.details?.path);
  });

  test('one that nothing can be written to', async () => {
    const disk = smallDisk(4);
    expect(spawnSync('mount', ['-o', 'remount,ro', disk]).status).toBe(0);
    const storage = `sqlite:${disk}/deeper/hpo.db`;
    const { row } = await examinePart('storage', makeProject(), { storage });
    expect(row('database')).toMatchObject({
      status: 'fail',
      message: expect.stringContaining(`${disk} is not writable`),
    });
  });
});
