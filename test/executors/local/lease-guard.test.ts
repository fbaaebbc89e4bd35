import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openLeaseGuard, type WorkerGuard } from '../../../src/executors/lease-guard.js';
import { processesWithToken } from '../../../src/executors/local/process-tree.js';
import { uptimeMs } from '../../../src/liveness/proc.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer, until } from './harness.js';

/** How many times the next guards cannot be started: the machine has no more processes, or this one no more files. */
const failing = vi.hoisted(() => ({ starts: 0 }));
vi.mock(import('node:child_process'), async (original) => {
  const real = await original();
  const spawn = ((file: string, args: readonly string[], options: object) => {
    if (!args.includes('hpo-lease-guard') || failing.starts === 0) return real.spawn(file, args, options);
    failing.starts -= 1;
    return real.spawn('/nonexistent', args, options);
  }) as typeof real.spawn;
  return { ...real, spawn };
});

/** The processes that guard this one. */
function guards(): string[] {
  const isOwn = (words: readonly string[]) =>
    words.includes('hpo-lease-guard') && words.includes(String(process.pid));
  return readdirSync('/proc').filter((pid) => {
    try {
      return isOwn(readFileSync(join('/proc', pid, 'cmdline'), 'utf8').split('\0'));
    } catch {
      return false;
    }
  });
}

const LEASE_MS = 2000;

function opened(graceMs = 300): WorkerGuard {
  const guard = openLeaseGuard({ leaseMs: LEASE_MS, graceMs });
  if (guard === null) throw new Error('this machine has no /proc');
  onTestFinished(() => guard.close());
  return guard;
}

const AN_HOUR_MS = 3_600_000;

describe.runIf(process.platform === 'linux')('the guard of a lease', () => {
  test('ends trainers with the lease, those deaf to TERM and in a session of their own too, as interrupted', async () => {
    const guard = opened();
    guard.renewed(uptimeMs() + AN_HOUR_MS);
    const dir = tempDir();
    const deaf = `trap "" TERM; echo METRIC loss=1; setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' & while :; do sleep 0.1; done`;
    const executor = makeExecutor(dir, ['sh', '-c', deaf], { guard });
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const running = executor.run(attempt, hooks);
    await hooks.reported(1);
    // This process does nothing, as one that is dead or frozen does.
    guard.renewed(uptimeMs());
    expect(await running).toMatchObject({ kind: 'exited', stoppedFor: 'interrupted' });
    await until(() => processesWithToken(attempt.token).length === 0);
  });

  test('leaves alone what another worker follows, and what has ended', async () => {
    const [first, second] = [opened(), opened()];
    for (const guard of [first, second]) guard.renewed(uptimeMs() + AN_HOUR_MS);
    const dir = tempDir();
    const executor = makeExecutor(dir, ['sh', '-c', 'echo METRIC loss=1; sleep 1000'], { guard: first });
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const running = executor.run(attempt, hooks);
    await hooks.reported(1);
    const other = { dir: join(dir, 'other'), token: `${attempt.token}0` };
    mkdirSync(other.dir);
    first.take(other);
    second.take({ dir: attempt.handle, token: attempt.token });
    const folder = readFileSync(join(other.dir, 'lease'), 'utf8').trim();
    first.renewed(uptimeMs());
    writeFileSync(join(other.dir, 'exit'), '0\n');
    // It has looked at both, and forgotten them.
    await until(() => !existsSync(join(folder, attempt.token)) && !existsSync(join(folder, other.token)));
    expect(processesWithToken(attempt.token).length).toBeGreaterThan(0);
    expect(existsSync(join(other.dir, 'stop'))).toBe(false);
    hooks.stop('interrupted');
    await running;
  });

  test('is started again where it could not be started at first', async () => {
    await until(() => guards().length === 0);
    failing.starts = 1;
    const guard = opened();
    guard.renewed(uptimeMs() + AN_HOUR_MS);
    expect(failing.starts).toBe(0);
    await until(() => guards().length > 0);
  });

  test('keeps an attempt from starting once the lease is over', async () => {
    const guard = opened();
    guard.renewed(uptimeMs() - 1);
    const dir = tempDir();
    const ran = join(dir, 'ran');
    const executor = makeExecutor(dir, ['touch', ran], { guard });
    expect(await executor.run(makeAttempt(executor), new Recorder())).toMatchObject({ kind: 'not-started' });
    expect(existsSync(ran)).toBe(false);
  });
});

describe('the end of an attempt of another machine', () => {
  /** Reattaches a lost attempt whose log holds this text. */
  async function lostWithLog(log: string, more: Parameters<typeof makeExecutor>[2] = {}) {
    const executor = makeExecutor(tempDir(), ['true'], more);
    const attempt = makeAttempt(executor, { lostWith: 'its worker is lost' });
    mkdirSync(attempt.handle, { recursive: true });
    writeFileSync(join(attempt.handle, 'log'), log);
    const hooks = new Recorder();
    expect(await executor.reattach(attempt, hooks)).toMatchObject({ kind: 'unknown' });
    return hooks.points.map(({ value }) => value);
  }

  test('does not count a line that its trainer had not written to its end', async () => {
    expect(await lostWithLog('METRIC epoch=1 loss=2\nMETRIC epoch=2 loss=1')).toEqual([2]);
  });

  test('does not take a number for the last one of its output', async () => {
    const metrics = { format: 'last-number', names: ['size'] };
    expect(await lostWithLog('step 1: 5\nstep 2: 7\n', { metrics })).toEqual([]);
  });

  test('is that of a lost one where its folder cannot be read, and says so', async () => {
    const executor = makeExecutor(tempDir(), ['true']);
    const attempt = makeAttempt(executor, { lostWith: 'its worker is lost' });
    mkdirSync(dirname(attempt.handle), { recursive: true });
    writeFileSync(attempt.handle, 'no folder');
    const hooks = new Recorder();
    expect(await executor.reattach(attempt, hooks)).toMatchObject({
      kind: 'unknown',
      lost: 'its worker is lost',
    });
    expect(hooks.warnings).toEqual([expect.stringMatching(/ENOTDIR.*is not known/)]);
  });

  test('reads its log and its exit code where its folder is visible', async () => {
    const dir = tempDir();
    const executor = makeExecutor(dir, ['sh', trainer('args.sh')]);
    const attempt = makeAttempt(executor, { lostWith: 'its worker is lost' });
    mkdirSync(attempt.handle, { recursive: true });
    writeFileSync(join(attempt.handle, 'log'), 'METRIC epoch=1 loss=2\nMETRIC loss=1\n');
    writeFileSync(join(attempt.handle, 'exit'), '0\n');
    const hooks = new Recorder();
    expect(await executor.reattach(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points.map(({ value }) => value)).toEqual([2, 1]);
  });

  test('is that of a lost one otherwise, and its folder shows that it has ended', async () => {
    const dir = tempDir();
    const executor = makeExecutor(dir, ['true']);
    const attempt = makeAttempt(executor, { lostWith: 'its worker is lost' });
    expect(await executor.reattach(attempt, new Recorder())).toMatchObject({
      kind: 'unknown',
      lost: 'its worker is lost',
    });
    expect(existsSync(dirname(attempt.handle))).toBe(false);
    mkdirSync(attempt.handle, { recursive: true });
    writeFileSync(join(attempt.handle, 'pid'), `${process.pid}\n`);
    writeFileSync(join(attempt.handle, 'log'), 'METRIC epoch=1 loss=2\n');
    const hooks = new Recorder();
    expect(await executor.reattach(attempt, hooks)).toMatchObject({ kind: 'unknown' });
    expect(hooks.points).toHaveLength(1);
    expect(await executor.isAlive(attempt)).toBe('ended');
    expect(readFileSync(join(attempt.handle, 'stop'), 'utf8')).toMatch(/^interrupted/);
  });
});
