import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runWithTimeout } from '../../src/executors/run-with-timeout.js';
import { makeProject, until } from '../support/cli.js';

const sh = (script: string, limitMs = 60_000, ...args: string[]) =>
  runWithTimeout('sh', ['-c', script, 'sh', ...args], { limitMs });

/** False for a dead one that nobody has fetched. */
function isRunning(pid: string): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('runLimited', () => {
  it('reads what a program says and how it ended', async () => {
    expect(await sh('echo one; echo two >&2; exit 3')).toEqual({
      kind: 'ended',
      exitCode: 3,
      signal: null,
      stdout: 'one\n',
      stderr: 'two\n',
    });
    expect(await sh('kill -9 $$')).toMatchObject({ kind: 'ended', exitCode: null, signal: 'SIGKILL' });
  });

  it('tells of a program that is not there', async () => {
    expect(await runWithTimeout('no-such-program-at-all', [], { limitMs: 60_000 })).toMatchObject({
      kind: 'missing',
      stderr: expect.stringContaining('ENOENT'),
    });
  });

  it('takes what nobody can start for missing', async () => {
    expect(await runWithTimeout('no\0program', [], { limitMs: 60_000 })).toMatchObject({ kind: 'missing' });
  });

  it('ends one that hangs with its children, which hold its pipes, and keeps its output', async () => {
    const folder = makeProject();
    // The child has its parent's stdout: one that waits for its end would wait as long as the child lives.
    const ran = await sh('sleep 1000 & echo $! > "$1/pid"; echo started; wait', 3000, folder);
    expect(ran).toEqual({ kind: 'late', stdout: 'started\n', stderr: '' });
    const pid = readFileSync(join(folder, 'pid'), 'utf8').trim();
    await until(() => !isRunning(pid));
  });

  it('ends at once when it is aborted', async () => {
    const stop = new AbortController();
    const ran = runWithTimeout('sleep', ['1000'], { limitMs: 600_000, signal: stop.signal });
    stop.abort();
    expect(await ran).toMatchObject({ kind: 'late' });
    expect(await runWithTimeout('sleep', ['1000'], { limitMs: 600_000, signal: stop.signal })).toMatchObject({
      kind: 'late',
    });
  });

  it('keeps no more than a MiB or so of what a chatterbox says', async () => {
    const ran = await sh('yes | head -c 5000000');
    expect(ran.kind).toBe('ended');
    expect(ran.stdout.length).toBeLessThan(1.2 * 1024 * 1024);
  });
});
