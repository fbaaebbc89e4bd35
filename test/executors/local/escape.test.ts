import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { descent } from '../../../src/executors/local/descent.js';
import { attemptFiles } from '../../../src/executors/local/paths.js';
import { signal } from '../../../src/executors/local/process-tree.js';
import { endProcesses } from '../../../src/executors/local/stop.js';
import { trainerHere } from '../../../src/executors/local/trainer-record.js';
import { placeOfPids, readStat } from '../../../src/liveness/proc.js';
import { programOf } from '../../support/program.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer, until } from './harness.js';

const runs = (pid: number) => readStat(pid)?.isZombie === false;

/** Starts a trainer and resolves with the process that it told of, which must not outlive the test. */
async function started(command: readonly string[], more: { env?: Record<string, string> } = {}) {
  const executor = makeExecutor(tempDir(), command, more);
  const attempt = makeAttempt(executor);
  const hooks = new Recorder();
  const outcome = executor.run(attempt, hooks);
  await hooks.reported(1);
  const pid = hooks.points[0]?.value ?? 0;
  onTestFinished(() => {
    signal(pid, 'SIGKILL');
  });
  const go = () => writeFileSync(join(attemptFiles(attempt.handle, attempt.trial).trialDir, 'go'), '');
  return { executor, attempt, hooks, outcome, pid, go };
}

describe.runIf(process.platform === 'linux')('a child that its trainer leaves behind is found', () => {
  it.each([
    ['in a session of its own, with another environment', 'session twice bare'],
    ['in a session of its own, having overwritten its environment', 'session twice renamed'],
    ['in its group, with another environment and no open pipe', 'twice bare closed'],
    ['in a session of its own, with its environment and no open pipe', 'session twice closed'],
  ])('%s', async (_, how) => {
    const { executor, attempt, outcome, pid } = await started([trainer('escape.pl'), how]);
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 3 });
    expect(runs(pid)).toBe(true);
    await executor.cleanup(attempt);
    expect(runs(pid)).toBe(false);
  });

  it('with nothing of its own left, if it was seen while its parents ran', async () => {
    const { executor, attempt, outcome, pid, go } = await started([
      trainer('escape.pl'),
      'session bare closed waits',
    ]);
    await until(() => descent.known(attempt.token).some((each) => each.pid === pid));
    go();
    await outcome;
    await executor.cleanup(attempt);
    expect(runs(pid)).toBe(false);
  });

  it('when the trial is stopped, too', async () => {
    const { outcome, hooks, pid } = await started([trainer('escape.pl'), 'session bare closed stays']);
    hooks.stop('pruned');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 128 + 9 });
    expect(runs(pid)).toBe(false);
  });

  it('also where it is the trainer that hides itself', async () => {
    const { outcome, hooks, pid } = await started([trainer('hides-itself.pl')]);
    hooks.stop('pruned');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 128 + 9 });
    expect(runs(pid)).toBe(false);
  });
});

describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('to an ordinary user', () => {
  it('a child that nobody may read is found if it was seen while its trainer ran', () => {
    const outputs = tempDir();
    chmodSync(outputs, 0o777);
    const options = {
      outputsDir: join(outputs, 'outputs'),
      study: 'test',
      command: [trainer('unreadable.pl')],
      cwd: outputs,
      env: {},
      configFile: join(outputs, 'config.json'),
      ompThreads: null,
      parameters: [],
      measured: [],
      stopGraceMs: 100,
    };
    const attempt = makeAttempt(makeExecutor(options.outputsDir, options.command));
    const program = programOf(new URL('./unreadable.ts', import.meta.url));
    const user = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    const args = [...user, process.execPath, program, JSON.stringify({ options, attempt })];
    const child = Number(execFileSync('setpriv', args, { encoding: 'utf8' }));
    onTestFinished(() => {
      signal(child, 'SIGKILL');
    });
    expect(child).toBeGreaterThan(0);
    expect(runs(child)).toBe(false);
  });
});

it.runIf(process.platform === 'linux')(
  'a child that outlives its supervisor and its trainer is ended',
  async () => {
    const { executor, attempt, outcome, pid } = await started([trainer('left.sh')]);
    for (const name of ['pid', 'trainer']) {
      const text = readFileSync(join(attempt.handle, name), 'latin1');
      signal(Number(/(?:^| )(\d+)(?=\n| \()/.exec(text)?.[1]), 'SIGKILL');
    }
    expect(await outcome).toMatchObject({ kind: 'unknown' });
    expect(runs(pid)).toBe(true);
    await executor.cleanup(attempt);
    expect(runs(pid)).toBe(false);
  },
);

describe.runIf(process.platform === 'linux')('a process that was started with HPO_KEEP_RUNNING=1', () => {
  it.each(['service', 'service session twice'])('is left running: %s', async (how) => {
    const { executor, attempt, outcome, pid } = await started([trainer('escape.pl'), how]);
    await outcome;
    await executor.cleanup(attempt);
    expect(runs(pid)).toBe(true);
  });

  it('is left running when its trial is stopped, and the trainer is not', async () => {
    const { outcome, hooks, pid } = await started([trainer('escape.pl'), 'service stays']);
    hooks.stop('stopped');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 128 + 9 });
    expect(runs(pid)).toBe(true);
  });

  it('is no trainer, whatever its sweep says', async () => {
    const env = { HPO_KEEP_RUNNING: '1' };
    const { outcome, hooks } = await started([trainer('stubborn.sh')], { env });
    hooks.stop('stopped');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 128 + 9 });
  });
});

it.runIf(process.platform === 'linux')(
  'a process that only has the reused pid of an attempt is left running',
  async () => {
    const stranger = spawn('sleep', ['1000']);
    onTestFinished(() => {
      stranger.kill();
    });
    const { pid = 0 } = stranger;
    const dir = tempDir();
    // Of a supervisor and a trainer that were there before it, and whose pids it has now.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(String(readStat(pid)?.ticks), '1');
    writeFileSync(join(dir, 'pid'), `${pid}\n`);
    writeFileSync(join(dir, 'trainer'), `${placeOfPids()} ${stat}`);
    expect(trainerHere(dir)).toMatchObject({ pid, ticks: '1' });
    expect(await endProcesses({ dir, token: 'a'.repeat(32), graceMs: 0, killWaitMs: 100 })).toEqual({
      ran: false,
      stuck: [],
    });
    expect(runs(pid)).toBe(true);
  },
);
