import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trialDir, trialLogFile } from '../../../src/executors/local/paths.js';
import { withWitnessedEnd } from '../../../src/executors/witnessed-end.js';
import { makeAttempt, makeExecutor, pass, Recorder, tempDir, trainer } from './harness.js';

async function run(command: readonly string[], more: Parameters<typeof makeExecutor>[2] = {}) {
  const outputs = tempDir();
  const executor = makeExecutor(outputs, command, more);
  const attempt = makeAttempt(executor);
  const hooks = new Recorder();
  const outcome = await executor.run(attempt, hooks);
  return { outputs, executor, attempt, hooks, outcome };
}

describe('a trainer that ends by itself', () => {
  it('delivers every metric of 200,000 noisy lines, each once and in order', async () => {
    const { hooks, outcome } = await run([process.execPath, trainer('noisy.mjs')]);
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points.map((point) => point.step)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(hooks.points.at(-1)).toEqual({ name: 'loss', step: 200, value: 1 / 200_000 });
    expect(hooks.warnings).toEqual([]);
  });

  it('keeps the exit code and the last 20 lines of a crash, without its colors', async () => {
    const { outcome } = await run([trainer('crash.sh')]);
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 3 });
    const tail = outcome.kind === 'exited' ? outcome.logTail : [];
    expect(tail).toHaveLength(20);
    expect(tail[0]).toBe('line 12');
    expect(tail.at(-1)).toBe('Traceback: out of memory');
  });

  it('shows death by signal N as 128 + N', async () => {
    const { hooks, outcome } = await run([trainer('segfault.sh')]);
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 128 + 11 });
    expect(hooks.points).toEqual([{ name: 'loss', step: 1, value: 0.5 }]);
  });

  it('skips a line above 64 KiB with a warning instead of reading half a number', async () => {
    const { hooks, outcome } = await run([process.execPath, trainer('huge-line.mjs')]);
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points).toEqual([{ name: 'loss', step: 1, value: 0.5 }]);
    expect(hooks.warnings).toEqual([expect.stringContaining('64 KiB')]);
  });

  it('reads a last line without a newline', async () => {
    const { hooks } = await run([trainer('unterminated.sh')]);
    expect(hooks.points.map((point) => point.value)).toEqual([0.5, 0.25]);
  });

  it('does not read a last line without a newline of a trainer that was killed: it may be half a number', async () => {
    const script = "printf 'METRIC loss=0.5\\nMETRIC loss=0.2'; kill -9 $$";
    const { hooks, outcome } = await run(['/bin/sh', '-c', script]);
    expect(outcome).toMatchObject({
      kind: 'exited',
      exitCode: 137,
      logTail: [expect.anything(), 'METRIC loss=0.2'],
    });
    expect(hooks.points.map((point) => point.value)).toEqual([0.5]);
  });

  it('may say nothing at all', async () => {
    const { hooks, outcome } = await run([trainer('silent.sh')]);
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0, logTail: [] });
    expect(hooks.points).toEqual([]);
  });

  it('limits what a flood of malformed lines can warn', async () => {
    const script = 'i=0; while [ $i -lt 100 ]; do echo "METRIC loss=0,5"; i=$((i+1)); done';
    const { hooks } = await run(['/bin/sh', '-c', script]);
    expect(hooks.warnings).toHaveLength(21);
    expect(hooks.warnings[0]).toContain('loss=0,5');
    expect(hooks.warnings.at(-1)).toContain('80 more');
  });
});

describe('what a trainer is given', () => {
  it('has its parameters, seed, slot, folder and token in the environment, and only its own command line', async () => {
    const command = [
      process.execPath,
      trainer('tell-all.mjs'),
      '${overrides}',
      '${args}',
      's=${seed}',
      '$HOME;`id`',
    ];
    const env = { MY_VAR: 'mine' };
    const { outputs, attempt } = await run(command, { env, ompThreads: 2 });
    const folder = trialDir(join(outputs, 'test'), attempt.trial);
    const told = JSON.parse(readFileSync(join(folder, 'told.json'), 'utf8'));
    expect(told.argv).toEqual([
      'learner.step_size=0.05',
      'learner.opt=adam',
      '--learner.step_size=0.05',
      '--learner.opt=adam',
      's=42',
      '$HOME;`id`',
    ]);
    expect(told.cwd).toBe(outputs);
    expect(told.env).toMatchObject({
      HPO_PARAMS: JSON.stringify(attempt.params),
      HPO_CONFIG: join(outputs, 'config.json'),
      HPO_SEED: '42',
      HPO_STUDY: 'test',
      HPO_TRIAL: '7',
      HPO_TRIAL_DIR: folder,
      HPO_DEVICE: 'cpu',
      HPO_ATTEMPT_TOKEN: attempt.token,
      PYTHONUNBUFFERED: '1',
      LC_NUMERIC: 'C',
      CUDA_VISIBLE_DEVICES: '',
      MY_VAR: 'mine',
    });
  });

  it('never takes a program name for a command of the shell', async () => {
    const { outcome } = await run(['eval', 'exit 9']);
    expect(outcome).toMatchObject({ kind: 'not-started', fatal: true });
  });

  it('runs a program whose name is also a command of the shell', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'eval'), '#!/bin/sh\necho METRIC loss=0.5\n', { mode: 0o755 });
    const { hooks, outcome } = await run(['eval', 'exit 9'], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points).toEqual([{ name: 'loss', step: 1, value: 0.5, counted: true }]);
  });
});

describe('a trainer that cannot start', () => {
  it.each([
    [['no-such-program-here'], 'not on PATH'],
    [['./missing.sh'], 'does not exist'],
    [['/etc/hosts'], 'not executable'],
    [['sh', '-c', 'a\0b'], 'could not be started'],
  ])('%j is fatal, with a reason', async (command, reason) => {
    const { outcome } = await run(command);
    expect(outcome).toMatchObject({
      kind: 'not-started',
      fatal: true,
      reason: expect.stringContaining(reason),
    });
  });

  it('has a folder that does not exist', async () => {
    const { outcome } = await run(['true'], { cwd: '/no/such/folder' });
    expect(outcome).toMatchObject({
      kind: 'not-started',
      fatal: true,
      reason: expect.stringContaining('/no/such'),
    });
  });

  it('has an interpreter that does not exist: 126 or 127, and the log says why', async () => {
    const outputs = tempDir();
    writeFileSync(join(outputs, 'train'), '#!/no/such/python\n', { mode: 0o755 });
    const executor = makeExecutor(outputs, ['./train']);
    const outcome = await executor.run(makeAttempt(executor), new Recorder());
    expect(outcome).toMatchObject({
      kind: 'exited',
      exitCode: expect.toSatisfy((n) => n === 126 || n === 127),
    });
    expect(outcome.kind === 'exited' && outcome.logTail.join('\n')).toContain('train');
  });

  it('was stopped before its start', async () => {
    const outputs = tempDir();
    const executor = makeExecutor(outputs, ['true']);
    const hooks = new Recorder();
    hooks.stop('interrupted');
    const outcome = await executor.run(makeAttempt(executor), hooks);
    expect(outcome).toMatchObject({ kind: 'not-started', fatal: false });
    expect(readdirSync(outputs)).toEqual([]);
  });
});

describe('how long an attempt took', () => {
  const HOUR = 3_600_000;
  const DAY = 24 * HOUR;

  it.each([
    ['was set back by an hour', HOUR],
    ['was set forward by a day', -DAY],
  ])('is known where the clock %s', async (_, jumpMs) => {
    const executor = makeExecutor(tempDir(), ['/bin/sh', '-c', 'sleep 0.2']);
    const startedAtMs = Date.now() + jumpMs;
    const outcome = await executor.run(makeAttempt(executor, { startedAtMs }), new Recorder());
    const { finishedAtMs } = outcome as { finishedAtMs: number };
    expect(finishedAtMs - startedAtMs).toBeGreaterThanOrEqual(180);
    expect(finishedAtMs - startedAtMs).toBeLessThan(HOUR / 2);
  });

  it.each([
    ['ahead', HOUR],
    ['behind', -HOUR],
  ])('is known where the clock of the file server is %s', async (_, skewMs) => {
    const before = Date.now();
    const outcome = await withWitnessedEnd(before, async () => {
      await pass(200);
      return { kind: 'exited', exitCode: 0, finishedAtMs: Date.now() + skewMs, logTail: [] };
    });
    const { finishedAtMs } = outcome as { finishedAtMs: number };
    expect(finishedAtMs - before).toBeGreaterThanOrEqual(180);
    expect(finishedAtMs - before).toBeLessThan(HOUR / 2);
  });
});

describe('files', () => {
  it('keeps the log of each attempt and the trial folder across attempts', async () => {
    const outputs = tempDir();
    const script =
      'echo "attempt in $HPO_TRIAL_DIR"; ls "$HPO_TRIAL_DIR"; echo x >>"$HPO_TRIAL_DIR/checkpoint"';
    const executor = makeExecutor(outputs, ['/bin/sh', '-c', script]);
    for (const attempt of [1, 2, 3]) await executor.run(makeAttempt(executor, { attempt }), new Recorder());
    const log = trialLogFile(join(outputs, 'test'), 7);
    expect(readFileSync(log, 'utf8')).toContain('checkpoint');
    expect(readFileSync(log.replace('.log', '.attempt-1.log'), 'utf8')).not.toContain('checkpoint');
    expect(existsSync(log.replace('.log', '.attempt-2.log'))).toBe(true);
    expect(readlinkSync(log)).toMatch(/^\.attempts\/00007-3-[0-9a-f]{8}\/log$/);
    expect(readFileSync(join(trialDir(join(outputs, 'test'), 7), 'checkpoint'), 'utf8')).toBe('x\nx\nx\n');
  });

  it('gives a new study of an old name a clean folder, and loses nothing of the old one', async () => {
    const outputs = tempDir();
    const executor = makeExecutor(outputs, [
      '/bin/sh',
      '-c',
      'ls "$HPO_TRIAL_DIR"; echo x >"$HPO_TRIAL_DIR/checkpoint"',
    ]);
    await executor.run(makeAttempt(executor), new Recorder());
    const again = await executor.run(makeAttempt(executor), new Recorder());
    expect(again).toMatchObject({ kind: 'exited', exitCode: 0, logTail: [] });
    expect(existsSync(join(`${trialDir(join(outputs, 'test'), 7)}.earlier`, 'checkpoint'))).toBe(true);
  });
});
