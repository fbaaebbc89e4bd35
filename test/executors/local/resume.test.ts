import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunnableAttempt } from '../../../src/executors/executor.js';
import { readExit } from '../../../src/executors/local/attempt-dir.js';
import { attemptFiles } from '../../../src/executors/local/paths.js';
import { processesWithToken, signal } from '../../../src/executors/local/process-tree.js';
import { programOf } from '../../support/program.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer, until } from './harness.js';

const BOTH_EPOCHS = [
  { name: 'loss', step: 1, value: 0.5 },
  { name: 'loss', step: 2, value: 0.25 },
];

/** Another program starts the attempt; resolves at its first report. */
async function orchestrate(
  outputsDir: string,
  command: string,
  attempt: RunnableAttempt,
): Promise<ChildProcess> {
  const options = {
    studyDir: join(outputsDir, 'test'),
    command: [command],
    cwd: outputsDir,
    env: {},
    configFile: join(outputsDir, 'config.json'),
    ompThreads: null,
    parameters: [],
    measured: [],
  };
  const program = programOf(new URL('./orchestrator.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify({ options, attempt })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  for await (const line of createInterface(child.stdout)) if (line.includes('points')) return child;
  throw new Error('the orchestrator ended without a report');
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function abandoned() {
  const outputs = tempDir();
  const command = trainer('two-epochs.sh');
  const executor = makeExecutor(outputs, [command]);
  const attempt = makeAttempt(executor);
  await killed(await orchestrate(outputs, command, attempt));
  const files = attemptFiles(attempt.handle, attempt.trial);
  return {
    executor,
    attempt,
    files,
    hooks: new Recorder(),
    go: () => writeFileSync(join(files.trialDir, 'go'), ''),
  };
}

describe('taking over after kill -9 of the orchestrator', () => {
  it('follows the trainer that runs on, every report from the first', async () => {
    const { executor, attempt, hooks, go } = await abandoned();
    const outcome = executor.reattach(attempt, hooks);
    await hooks.reported(1);
    go();
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 7 });
    expect(hooks.points).toEqual(BOTH_EPOCHS);
  });

  it('finds the end of a trainer that ended meanwhile, with its time', async () => {
    const { executor, attempt, files, hooks, go } = await abandoned();
    go();
    await until(() => readExit(attempt.handle) !== null);
    const outcome = await executor.reattach(attempt, hooks);
    const finishedAtMs = Math.round(statSync(join(files.dir, 'exit')).mtimeMs);
    expect(outcome).toMatchObject({
      kind: 'exited',
      exitCode: 7,
      finishedAtMs,
      logTail: [expect.any(String), 'METRIC epoch=2 loss=0.25'],
    });
    expect(hooks.points).toEqual(BOTH_EPOCHS);
  });

  it('gives an end between its start and now, whatever the clock of the file server', async () => {
    const { executor, attempt, hooks, go } = await abandoned();
    go();
    await until(() => readExit(attempt.handle) !== null);
    const ends: number[] = [];
    for (const skewMs of [-86_400_000, 86_400_000]) {
      const time = new Date(Date.now() + skewMs);
      utimesSync(join(attempt.handle, 'exit'), time, time);
      const outcome = await executor.reattach(attempt, hooks);
      ends.push((outcome as { finishedAtMs: number }).finishedAtMs - attempt.startedAtMs);
    }
    expect(ends[0]).toBe(0);
    expect(ends[1]).toBeGreaterThan(0);
    expect(ends[1]).toBeLessThan(3_600_000);
  });

  it('can stop it', async () => {
    const { executor, attempt, hooks } = await abandoned();
    const outcome = executor.reattach(attempt, hooks);
    await hooks.reported(1);
    hooks.stop('interrupted');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 128 + 15 });
    expect(processesWithToken(attempt.token)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'says that the end is unknown when everything was killed',
    async () => {
      const { executor, attempt, hooks } = await abandoned();
      for (const pid of processesWithToken(attempt.token)) signal(pid, 'SIGKILL');
      await until(() => processesWithToken(attempt.token).length === 0);
      expect(await executor.reattach(attempt, hooks)).toMatchObject({ kind: 'unknown' });
      expect(hooks.points).toEqual(BOTH_EPOCHS.slice(0, 1));
    },
  );

  it('reads the log of an attempt that an earlier version started', async () => {
    const { executor, attempt, files, hooks, go } = await abandoned();
    go();
    await until(() => readExit(attempt.handle) !== null);
    renameSync(files.log, files.logLink);
    expect(await executor.reattach(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 7 });
    expect(hooks.points).toEqual(BOTH_EPOCHS);
  });

  it('reads the log of the attempt itself, whatever the link for people leads to', async () => {
    const { executor, attempt, files, hooks, go } = await abandoned();
    rmSync(files.logLink);
    writeFileSync(files.logLink, 'METRIC epoch=1 loss=99\n');
    go();
    expect(await executor.reattach(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 7 });
    expect(hooks.points).toEqual(BOTH_EPOCHS);
  });

  it.runIf(process.platform === 'linux')('waits for a trainer whose files were deleted', async () => {
    const { executor, attempt, files, hooks } = await abandoned();
    rmSync(attempt.handle, { recursive: true });
    const outcome = executor.reattach(attempt, hooks);
    await hooks.reported(1);
    writeFileSync(join(files.trialDir, 'go'), '');
    expect(await outcome).toMatchObject({ kind: 'unknown' });
    expect(hooks.points).toEqual(BOTH_EPOCHS);
  });
});

describe('an attempt that was committed but not started', () => {
  it('never starts once a recovery was first, and the recovery says so each time', async () => {
    const outputs = tempDir();
    const executor = makeExecutor(outputs, ['/bin/sh', '-c', 'touch "$HPO_TRIAL_DIR/started"']);
    const attempt = makeAttempt(executor);
    mkdirSync(attempt.handle, { recursive: true });
    const revoked = { kind: 'not-started', fatal: false, reason: 'launch revoked' };
    expect(await executor.reattach(attempt, new Recorder())).toEqual(revoked);
    expect(await executor.reattach(attempt, new Recorder())).toEqual(revoked);
    // The orchestrator was not dead after all, and only slow.
    expect(await executor.run(attempt, new Recorder())).toEqual(revoked);
    expect(existsSync(join(attemptFiles(attempt.handle, attempt.trial).trialDir, 'started'))).toBe(false);
  });

  it('has not even a folder', async () => {
    const executor = makeExecutor(tempDir(), ['true']);
    const outcome = await executor.reattach(makeAttempt(executor), new Recorder());
    expect(outcome).toMatchObject({ kind: 'not-started', fatal: false });
  });

  it('starts once only, however often it is run', async () => {
    const outputs = tempDir();
    const executor = makeExecutor(outputs, ['/bin/sh', '-c', 'echo x >>"$PWD/starts"; echo METRIC loss=1']);
    const attempt = makeAttempt(executor);
    expect(await executor.run(attempt, new Recorder())).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(await executor.run(attempt, new Recorder())).toMatchObject({ kind: 'not-started' });
    expect(statSync(join(outputs, 'starts')).size).toBe(2);
  });
});

it('refuses a stored folder that is none of an attempt', async () => {
  const executor = makeExecutor(tempDir(), ['true']);
  const attempt = makeAttempt(executor, { handle: '/etc' });
  await expect(executor.reattach(attempt, new Recorder())).rejects.toMatchObject({
    code: 'executor.bad-attempt-dir',
  });
});
