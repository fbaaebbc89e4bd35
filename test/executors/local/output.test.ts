import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_HOOKS } from '../../../src/executors/executor.js';
import { readExit } from '../../../src/executors/local/attempt-dir.js';
import { NO_LIMITS } from '../../../src/executors/local/limits.js';
import { MAX_VALUES, TrainerOutput } from '../../../src/executors/local/trainer-output.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer, until } from './harness.js';

describe('memory stays bounded whatever a trainer prints', () => {
  it('a hundred megabytes of binary data without a newline pass through, and what comes after them counts', async () => {
    const command = [process.execPath, trainer('flood.mjs'), '100000000'];
    const executor = makeExecutor(tempDir(), command);
    const hooks = new Recorder();
    const used = () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const before = used();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, used());
    }, 5);
    const outcome = await executor.run(makeAttempt(executor), hooks);
    clearInterval(watch);
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points.map(({ step }) => step)).toEqual([1, 2]);
    expect(hooks.warnings).toEqual([expect.stringContaining('64 KiB')]);
    expect(most - before).toBeLessThan(60_000_000);
  });

  it('the size of a log is looked at while it is being read, however slow that is', async () => {
    const limits = { ...NO_LIMITS, maxLogBytes: 3_000_000 };
    const script = 'echo METRIC loss=1; while :; do head -c 400000 /dev/zero; sleep 0.1; done';
    const executor = makeExecutor(tempDir(), ['/bin/sh', '-c', script], { limits });
    const hooks = new Recorder();
    // Nothing is taken after the first metric until the attempt has been ended.
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const drain = () => (hooks.points.length > 0 ? gate : Promise.resolve());
    const attempt = makeAttempt(executor);
    const outcome = executor.run(attempt, Object.assign(hooks, { drain }));
    await until(() => existsSync(join(attempt.handle, 'exit')));
    open();
    expect(await outcome).toMatchObject({ brokeLimit: 'its log grew beyond max_log_bytes 3MB' });
  });

  it(`more than ${MAX_VALUES} values are not handed on`, () => {
    let values = 0;
    const output = new TrainerOutput({
      ...NO_HOOKS,
      report: (points) => {
        values += points.length;
      },
    });
    const tokens = Array.from({ length: 1000 }, (_, k) => `m${k}=1`).join(' ');
    const line = Buffer.from(`METRIC ${tokens}\n`);
    for (let k = 0; k < MAX_VALUES / 1000; k++) output.push(line);
    expect([values, output.isFlooded]).toEqual([MAX_VALUES, false]);
    output.push(line);
    expect([values, output.isFlooded]).toEqual([MAX_VALUES, true]);
  });

  it('a trainer that prints them is ended, and fails for that', async () => {
    const line = '"METRIC " + "m=1 ".repeat(1000) + "\\n"';
    const script = `for (let k = 0; k < 1100; k++) require("fs").writeSync(1, ${line}); setInterval(() => {}, 1000)`;
    const executor = makeExecutor(tempDir(), [process.execPath, '-e', script]);
    const attempt = makeAttempt(executor);
    expect(await executor.run(attempt, new Recorder())).toMatchObject({
      stoppedFor: 'limit',
      brokeLimit: `printed more than ${MAX_VALUES} METRIC values`,
    });
  });

  it('a trainer that is faster than the storage is read no faster than what it reports is stored', async () => {
    const executor = makeExecutor(tempDir(), [process.execPath, trainer('noisy.mjs')]);
    const hooks = new Recorder();
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const attempt = makeAttempt(executor);
    const outcome = executor.run(
      attempt,
      Object.assign(hooks, { drain: () => (hooks.points.length > 0 ? gate : Promise.resolve()) }),
    );
    await hooks.reported(1);
    // The trainer has ended: all of its log is there to be read.
    await until(() => readExit(attempt.handle) !== null);
    // A chunk of 64 KiB holds a handful of them; the log holds 200.
    expect(hooks.points.length).toBeLessThan(20);
    open();
    await outcome;
    expect(hooks.points).toHaveLength(200);
  });
});

describe('a trainer that closes its output', () => {
  it('ends with its process; what it wrote before counts', async () => {
    const executor = makeExecutor(tempDir(), [trainer('mute.sh')]);
    const hooks = new Recorder();
    expect(await executor.run(makeAttempt(executor), hooks)).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points.map(({ step }) => step)).toEqual([1]);
  });
});
