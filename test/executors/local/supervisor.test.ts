import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pipeState } from '../../../src/executors/local/alive-pipe.js';
import { supervise } from '../../../src/executors/local/supervisor.js';
import { tempDir } from './harness.js';

function launch(script: string) {
  const dir = tempDir();
  return { dir, log: join(dir, 'log'), command: ['/bin/sh', '-c', script], cwd: dir, env: {}, measure: null };
}

it('starts nothing when the launch has an owner already, and leaves that owner alone', async () => {
  for (const owner of ['revoked\n', '123\n', '']) {
    const second = launch('touch started');
    writeFileSync(join(second.dir, 'pid'), owner);
    expect(await supervise(second)).toEqual({ kind: 'ended' });
    expect(existsSync(join(second.dir, 'started'))).toBe(false);
    expect(existsSync(join(second.dir, 'exit'))).toBe(false);
    expect(readFileSync(join(second.dir, 'pid'), 'utf8')).toBe(owner);
  }
});

it('writes its pid before the trainer starts and the exit code after it ended', async () => {
  const first = launch('cat pid; [ -e exit ] && echo early; exit 5');
  await supervise(first);
  const pid = readFileSync(join(first.dir, 'pid'), 'utf8');
  expect(pid).toMatch(/^\d+\n$/);
  expect(readFileSync(first.log, 'utf8')).toBe(pid);
  expect(readFileSync(join(first.dir, 'exit'), 'utf8')).toBe('5\n');
});

it.runIf(process.platform === 'linux')(
  'leads a session of its own, so that no signal to our terminal or group reaches the trainer',
  async () => {
    // Fields 5 and 6 of stat: the trainer's process group and session.
    const first = launch('cat /proc/self/stat');
    await supervise(first);
    const stat = readFileSync(first.log, 'utf8');
    const [, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const pid = readFileSync(join(first.dir, 'pid'), 'utf8').trim();
    expect([group, session]).toEqual([pid, pid]);
  },
);

it("keeps what the shell says of the trainer's end out of its output", async () => {
  const first = launch("printf 'METRIC loss=4'; kill -TERM $$");
  await supervise(first);
  expect(readFileSync(first.log, 'utf8')).toBe('METRIC loss=4');
  expect(readFileSync(join(first.dir, 'exit'), 'utf8')).toBe('143\n');
});

it('changes no variable that the trainer inherits, and starts it where no program is on its PATH', async () => {
  const first = launch('echo "$d $l $w $s $PATH"');
  const env = { d: '1', l: '2', w: '3', s: '4', PATH: '/nowhere' };
  await supervise({ ...first, env });
  expect(readFileSync(first.log, 'utf8')).toBe('1 2 3 4 /nowhere\n');
  expect(pipeState(first.dir)).toBe('free');
});
