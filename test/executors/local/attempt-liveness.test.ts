import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pipeState } from '../../../src/executors/local/alive-pipe.js';
import { isAttemptAlive } from '../../../src/executors/local/attempt-liveness.js';
import { attemptFiles } from '../../../src/executors/local/paths.js';
import { processesWithToken, signal } from '../../../src/executors/local/process-tree.js';
import { notedPlace, readTrainer } from '../../../src/executors/local/trainer-record.js';
import { isPidTaken } from '../../../src/liveness/proc.js';
import { hidingProc, userOf } from '../../support/apart.js';
import { programOf } from '../../support/program.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer, until } from './harness.js';

const isLinux = process.platform === 'linux';
const isRoot = isLinux && process.getuid?.() === 0;
const JUDGE = programOf(new URL('./judge.ts', import.meta.url));

async function started(name: string) {
  const outputs = tempDir();
  const executor = makeExecutor(outputs, [trainer(name)]);
  const attempt = makeAttempt(executor);
  const hooks = new Recorder();
  const outcome = executor.run(attempt, hooks);
  await hooks.reported(1);
  const supervisor = Number(readFileSync(join(attempt.handle, 'pid'), 'utf8'));
  const { pid = 0 } = readTrainer(attempt.handle) ?? {};
  // The folder goes with the test, and a trainer that has not seen `go` in it by then would wait for ever.
  onTestFinished(() => {
    if (pid > 0) signal(pid, 'SIGKILL');
  });
  return {
    outputs,
    executor,
    attempt,
    hooks,
    outcome,
    supervisor,
    trainer: pid,
    life: () => isAttemptAlive(attempt.handle, attempt.token),
    /** What a program says that is started in this way. */
    judgedBy: (...how: string[]) => {
      const [program = '', ...args] = [...how, process.execPath, JUDGE];
      return execFileSync(program, [...args, attempt.handle, attempt.token], { encoding: 'utf8' });
    },
    go: () => writeFileSync(join(attemptFiles(attempt.handle, attempt.trial).trialDir, 'go'), ''),
  };
}

describe.runIf(isLinux)('an attempt', () => {
  it('is alive from its first report to its exit code', async () => {
    const { life, go, outcome } = await started('two-epochs.sh');
    expect(life()).toBe('alive');
    go();
    await outcome;
    expect(life()).toBe('ended');
  });

  it('is alive when its supervisor was killed and its trainer has overwritten its environment', async () => {
    const { life, go, outcome, supervisor, attempt } = await started('renamed.pl');
    signal(supervisor, 'SIGKILL');
    await until(() => processesWithToken(attempt.token).length === 0);
    expect(life()).toBe('alive');
    go();
    expect(await outcome).toMatchObject({
      kind: 'unknown',
      logTail: [expect.any(String), expect.stringContaining('epoch=2')],
    });
    expect(life()).toBe('ended');
  });

  it('has ended when supervisor and trainer are gone, whoever they left behind', async () => {
    const { life, outcome, supervisor, trainer, hooks } = await started('left.sh');
    for (const pid of [supervisor, trainer]) signal(pid, 'SIGKILL');
    expect(await outcome).toMatchObject({ kind: 'unknown' });
    expect(life()).toBe('ended');
    expect(signal(hooks.points[0]?.value ?? 0, 0)).toBe(true);
  });

  it('of an earlier version, without a pipe and a note of its trainer, is alive while a process has its token', async () => {
    const { attempt, life, go, outcome, supervisor } = await started('two-epochs.sh');
    for (const name of ['alive', 'trainer']) rmSync(join(attempt.handle, name));
    expect(life()).toBe('alive');
    signal(supervisor, 'SIGKILL');
    await until(() => !processesWithToken(attempt.token).includes(supervisor));
    expect(life()).toBe('alive');
    go();
    await outcome;
    expect(life()).toBe('ended');
  });

  it.runIf(isRoot)('is seen from another PID namespace, also without its supervisor', async () => {
    const { judgedBy, life, go, outcome, supervisor } = await started('renamed.pl');
    const elsewhere = ['unshare', '--fork', '--pid', '--mount-proc'];
    expect(judgedBy(...elsewhere)).toBe('alive');
    signal(supervisor, 'SIGKILL');
    expect(judgedBy(...elsewhere)).toBe('alive');
    expect(life()).toBe('alive');
    go();
    await outcome;
    expect(judgedBy(...elsewhere)).toBe('ended');
  });

  it.runIf(isRoot)('of another user is seen, and where /proc hides it nobody takes it for dead', async () => {
    const { outputs, judgedBy, go, outcome, supervisor, attempt } = await started('renamed.pl');
    for (const dir of [outputs, attempt.handle]) chmodSync(dir, 0o755);
    const stranger = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const hidden = hidingProc();
    expect(judgedBy(...stranger)).toBe('alive');
    expect(judgedBy(...hidden, ...stranger)).toBe('unknown');
    // Whoever may write the pipe can ask the kernel.
    chmodSync(join(attempt.handle, 'alive'), 0o666);
    expect(judgedBy(...hidden, ...stranger)).toBe('alive');
    signal(supervisor, 'SIGKILL');
    expect(judgedBy(...hidden, ...stranger)).toBe('alive');
    go();
    await outcome;
    expect(judgedBy(...hidden, ...stranger)).toBe('ended');
  });

  it.runIf(isRoot)(
    'whose trainer has ended is alive until its supervisor has written the exit code, also where /proc hides both',
    async () => {
      const { outputs, judgedBy, go, outcome, supervisor, attempt } = await started('renamed.pl');
      for (const dir of [outputs, attempt.handle]) chmodSync(dir, 0o755);
      const apart = [...hidingProc(), ...userOf(65_534, 65_534)];
      writeFileSync(join(attempt.handle, 'trainer'), noteOfEnded());
      // It may not open the pipe, and may not see the supervisor.
      expect(judgedBy(...apart)).toBe('unknown');
      chmodSync(join(attempt.handle, 'alive'), 0o666);
      expect(judgedBy(...apart)).toBe('alive');
      signal(supervisor, 'SIGKILL');
      await until(() => !isPidTaken(supervisor));
      // What holds the pipe now is a process that a trainer left behind.
      expect(judgedBy(...apart)).toBe('ended');
      go();
      await outcome;
    },
  );

  it.runIf(isRoot)('without a pipe is not taken for ended while /proc hides its trainer', async () => {
    const { outputs, judgedBy, go, outcome, attempt } = await started('renamed.pl');
    for (const dir of [outputs, attempt.handle]) chmodSync(dir, 0o755);
    rmSync(join(attempt.handle, 'alive'));
    const apart = [...hidingProc(), ...userOf(65_534, 65_534)];
    expect(judgedBy(...apart)).toBe('unknown');
    go();
    await outcome;
    expect(judgedBy(...apart)).toBe('ended');
  });
});

/** Returns what a supervisor notes of its trainer, for a process that has ended. */
function noteOfEnded(): string {
  const note = execFileSync('cat', ['/proc/self/stat'], { encoding: 'utf8' });
  return `${notedPlace()} ${note}`;
}

describe('the pipe of an attempt', () => {
  it.each([
    ['nothing', () => {}],
    ['a file', (path: string) => writeFileSync(path, 'mine')],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to a device', (path: string) => symlinkSync('/dev/null', path)],
  ])('is none where %s lies in its place', (_, put) => {
    const dir = tempDir();
    put(join(dir, 'alive'));
    expect(pipeState(dir)).toBe('none');
  });

  it('is free when nobody has it open', () => {
    const dir = tempDir();
    execFileSync('mkfifo', [join(dir, 'alive')]);
    expect(pipeState(dir)).toBe('free');
  });
});
