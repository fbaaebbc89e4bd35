import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLaunchOwner } from '../../../src/executors/local/attempt-dir.js';
import { attemptProcesses, processesWithToken, signal } from '../../../src/executors/local/process-tree.js';
import { stopAttempt } from '../../../src/executors/local/stop.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer, until } from './harness.js';

/** Starts a trainer and waits for its first metric. */
async function started(name: string, ...args: string[]) {
  const executor = makeExecutor(tempDir(), [trainer(name), ...args]);
  const attempt = makeAttempt(executor);
  const hooks = new Recorder();
  const outcome = executor.run(attempt, hooks);
  await hooks.reported(1);
  return { executor, attempt, hooks, outcome };
}

const supervisorOf = (dir: string) => Number(readFileSync(join(dir, 'pid'), 'utf8'));

describe('stopping by the signal', () => {
  it('ends a trainer that hangs and tells its exit code', async () => {
    const { hooks, outcome, attempt } = await started('hang.sh');
    hooks.stop('pruned');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 128 + 15 });
    expect(processesWithToken(attempt.token)).toEqual([]);
  });

  it('lets a trainer that listens to TERM finish its work, and reads its last words', async () => {
    const { hooks, outcome } = await started('polite.sh');
    hooks.stop('interrupted');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points).toContainEqual({ name: 'saved', step: 1, value: 1, counted: true });
  });

  it('kills a trainer that ignores TERM, and its supervisor still writes how it ended', async () => {
    const { hooks, outcome, attempt } = await started('stubborn.sh');
    hooks.stop('stopped');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 128 + 9 });
    expect(processesWithToken(attempt.token)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('also ends a child that moved to a session of its own', async () => {
    const { hooks, outcome, attempt } = await started('daemon.sh', 'stay');
    const child = hooks.points[0]?.value ?? 0;
    // While it becomes another program, its environment reads as empty for a moment.
    await until(() => processesWithToken(attempt.token).includes(child));
    hooks.stop('pruned');
    await outcome;
    expect(processesWithToken(attempt.token)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('lets such a child be when the trainer ends by itself', async () => {
    const { hooks, outcome, attempt } = await started('daemon.sh');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(processesWithToken(attempt.token)).toEqual([hooks.points[0]?.value]);
  });
});

describe.runIf(process.platform === 'linux')('what a trainer leaves behind', () => {
  it('is left running until the attempt is cleaned up, and then all of it is ended, whatever signals it ignores', async () => {
    const executor = makeExecutor(tempDir(), [trainer('abandon.sh'), '3']);
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    expect(await executor.run(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 3 });
    const children = hooks.points.map(({ value }) => value);
    expect(processesWithToken(attempt.token)).toEqual(expect.arrayContaining(children));
    await executor.cleanup(attempt);
    expect(processesWithToken(attempt.token)).toEqual([]);
    await executor.cleanup(attempt);
  });
});

describe('stopAttempt, as another process calls it', () => {
  it('ends the attempt, which its orchestrator sees as an end like any other', async () => {
    const { attempt, outcome } = await started('hang.sh');
    expect(
      await stopAttempt({ dir: attempt.handle, token: attempt.token, graceMs: 300, killWaitMs: 10_000 }),
    ).toMatchObject({
      ran: true,
    });
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 128 + 15 });
    expect(
      await stopAttempt({ dir: attempt.handle, token: attempt.token, graceMs: 300, killWaitMs: 10_000 }),
    ).toMatchObject({
      ran: false,
    });
  });

  it('forbids the launch of an attempt that has not even a folder yet', async () => {
    const executor = makeExecutor(tempDir(), [trainer('hang.sh')]);
    const attempt = makeAttempt(executor);
    expect(
      await stopAttempt({ dir: attempt.handle, token: attempt.token, graceMs: 0, killWaitMs: 10_000 }),
    ).toMatchObject({
      ran: false,
    });
    expect(readLaunchOwner(attempt.handle)).toEqual({ kind: 'revoked' });
    const outcome = await executor.run(attempt, new Recorder());
    expect(outcome).toMatchObject({ kind: 'not-started' });
    expect(processesWithToken(attempt.token)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('ends a trainer whose folder was deleted under it', async () => {
    const { attempt, outcome } = await started('hang.sh');
    rmSync(attempt.handle, { recursive: true });
    expect(
      await stopAttempt({ dir: attempt.handle, token: attempt.token, graceMs: 300, killWaitMs: 10_000 }),
    ).toMatchObject({
      ran: true,
    });
    expect(readLaunchOwner(attempt.handle).kind).not.toBe('revoked');
    expect(processesWithToken(attempt.token)).toEqual([]);
    await outcome;
  });

  it.runIf(process.platform === 'linux')('touches no process that only has the same pid', async () => {
    const victim = await started('hang.sh');
    // A pid file that names a supervisor of another attempt: as after a reboot that used the pid again.
    const token = 'f'.repeat(32);
    expect(attemptProcesses(supervisorOf(victim.attempt.handle), token)).toEqual([]);
    const dir = tempDir();
    copyFileSync(join(victim.attempt.handle, 'pid'), join(dir, 'pid'));
    expect(await stopAttempt({ dir, token, graceMs: 0, killWaitMs: 10_000 })).toMatchObject({ ran: false });
    expect(processesWithToken(victim.attempt.token)).not.toEqual([]);
    victim.hooks.stop('stopped');
    await victim.outcome;
  });
});

describe.runIf(process.platform === 'linux')('a supervisor that was killed', () => {
  it('leaves an end that nobody knows, once its trainer is gone too', async () => {
    const { attempt, outcome, hooks } = await started('two-epochs.sh');
    signal(supervisorOf(attempt.handle), 'SIGKILL');
    let over = false;
    const ended = outcome.finally(() => {
      over = true;
    });
    await until(() => !processesWithToken(attempt.token).includes(supervisorOf(attempt.handle)));
    expect(over).toBe(false);
    // The trainer lives on without its supervisor, and what it reports still comes.
    writeFileSync(join(attempt.handle, '../../trial-00007/go'), '');
    expect(await ended).toMatchObject({
      kind: 'unknown',
      logTail: [expect.any(String), 'METRIC epoch=2 loss=0.25'],
    });
    expect(hooks.points.map((point) => point.step)).toEqual([1, 2]);
  });

  it('can still be stopped with all it started', async () => {
    const { attempt, outcome, hooks } = await started('stubborn.sh');
    signal(supervisorOf(attempt.handle), 'SIGKILL');
    await until(() => !processesWithToken(attempt.token).includes(supervisorOf(attempt.handle)));
    hooks.stop('stopped');
    expect(await outcome).toMatchObject({ kind: 'unknown' });
    expect(processesWithToken(attempt.token)).toEqual([]);
  });
});
