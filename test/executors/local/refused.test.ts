import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/executors/executor.js';
import { attemptFiles } from '../../../src/executors/local/paths.js';
import { processesWithToken } from '../../../src/executors/local/process-tree.js';
import { programOf } from '../../support/program.js';
import { canMount, describeOnSmallDisk, readOnly, smallDisk } from '../../support/tmpfs.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, until } from './harness.js';

describe.runIf(canMount())('a machine without room for another process (as an ordinary user)', () => {
  /** Runs an attempt as a user of its own, who may have so many processes more. */
  function runWith(room: number): { outcome: Outcome; log: string } {
    const user = 50_000 + (process.pid % 10_000);
    const outputs = tempDir();
    chownSync(outputs, user, user);
    const executor = makeExecutor(outputs, ['/bin/sh', '-c', 'echo METRIC loss=1']);
    const attempt = makeAttempt(executor);
    const command = ['/bin/sh', '-c', 'echo METRIC loss=1'];
    const options = {
      studyDir: join(outputs, 'test'),
      command,
      cwd: outputs,
      env: {},
      configFile: '',
      ompThreads: null,
      parameters: [],
      measured: [],
    };
    const program = programOf(new URL('./limited.ts', import.meta.url));
    const as = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
    const said = spawnSync(
      'setpriv',
      [...as, process.execPath, program, JSON.stringify({ options, attempt, room })],
      { encoding: 'utf8', env: { ...process.env, TMPDIR: outputs, HOME: outputs } },
    );
    if (said.status !== 0) throw new Error(said.stderr);
    const { log } = attemptFiles(attempt.handle, attempt.trial);
    return { outcome: JSON.parse(said.stdout), log: readFileSync(log, 'utf8') };
  }

  it('runs a trainer as usual where there is room', () => {
    expect(runWith(40)).toMatchObject({ outcome: { kind: 'exited', exitCode: 0 }, log: 'METRIC loss=1\n' });
  });

  it('holds a supervisor that could not be started against nobody', () => {
    const { outcome } = runWith(0);
    expect(outcome).toMatchObject({ kind: 'infrastructure', reason: expect.stringContaining('EAGAIN') });
  });

  it('holds a trainer that its supervisor could not start against nobody', () => {
    const { outcome, log } = runWith(1);
    expect(outcome).toMatchObject({
      kind: 'infrastructure',
      reason: expect.stringContaining('the supervisor could not start the trainer'),
    });
    expect(log).toBe('');
  });
});

describe('what a launch meets', () => {
  it('arguments that are too long are a failure of the configuration', async () => {
    const outputs = tempDir();
    const executor = makeExecutor(outputs, ['true', 'x'.repeat(200_000)]);
    const outcome = await executor.run(makeAttempt(executor), new Recorder());
    expect(outcome).toMatchObject({
      kind: 'not-started',
      fatal: true,
      reason: expect.stringContaining('E2BIG'),
    });
  });
});

describeOnSmallDisk('a disk that becomes read-only', () => {
  it('holds a launch against nobody, and starts the trial when it can be written again', async () => {
    const outputs = smallDisk(4);
    const executor = makeExecutor(outputs, ['true']);
    const writable = readOnly(outputs);
    const refused = await executor.run(makeAttempt(executor), new Recorder());
    expect(refused).toMatchObject({
      kind: 'infrastructure',
      reason: expect.stringContaining("cannot write the trial's outputs"),
    });
    writable();
    expect(await executor.run(makeAttempt(executor), new Recorder())).toMatchObject({
      kind: 'exited',
      exitCode: 0,
    });
  });

  it('keeps a sweep waiting whose launch of before cannot be revoked, until it can be, or the sweep is stopped', async () => {
    const outputs = smallDisk(4);
    const executor = makeExecutor(outputs, ['true']);
    const [first, second] = [makeAttempt(executor), makeAttempt(executor, { trial: 8 })];
    // Committed by an orchestrator that died before it launched anything.
    for (const { handle } of [first, second]) mkdirSync(handle, { recursive: true });
    const writable = readOnly(outputs);
    const hooks = [new Recorder(), new Recorder()] as const;
    const outcomes = [executor.reattach(first, hooks[0]), executor.reattach(second, hooks[1])];
    await until(() => hooks.every(({ warnings }) => warnings.length > 0));
    hooks[1].stop('interrupted');
    expect(await outcomes[1]).toMatchObject({ kind: 'infrastructure' });
    writable();
    expect(await outcomes[0]).toMatchObject({ kind: 'not-started', reason: 'launch revoked' });
    expect(hooks[0].warnings).toHaveLength(1);
  });

  it('keeps no trial from being stopped at its limit of time', async () => {
    const outputs = smallDisk(4);
    const elsewhere = tempDir();
    const executor = makeExecutor(outputs, ['sh', '-c', `touch ${elsewhere}/started; exec sleep 60`], {
      limits: { trialTimeoutMs: 500, noProgressTimeoutMs: null, maxLogBytes: null },
      cwd: elsewhere,
    });
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const running = executor.run(attempt, hooks);
    await until(() => processesWithToken(attempt.token).length > 0);
    readOnly(outputs);
    expect(await running).toMatchObject({
      stoppedFor: 'limit',
      brokeLimit: expect.stringContaining('trial_timeout'),
    });
    expect(processesWithToken(attempt.token)).toEqual([]);
    expect(hooks.warnings).toEqual([]);
  });
});
