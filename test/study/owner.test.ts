import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isOwnerAlive, thisOwner } from '../../src/study/owner.js';

const onLinux = test.runIf(process.platform === 'linux');

test('this process is its own living owner', () => {
  expect(thisOwner()).toMatch(new RegExp(`^[^:]+:${process.pid}:(\\d+|-)$`));
  expect(thisOwner()).toBe(thisOwner());
  expect(isOwnerAlive(thisOwner())).toBe(true);
});

test('an owner of another boot is dead, even under a pid that is in use', () => {
  const [, pid, ticks] = thisOwner().split(':');
  expect(isOwnerAlive(`00000000-0000-0000-0000-000000000000:${pid}:${ticks}`)).toBe(false);
});

onLinux('a later process of the same pid is not the owner', () => {
  const [boot, pid, ticks] = thisOwner().split(':');
  expect(isOwnerAlive(`${boot}:${pid}:${Number(ticks) + 1}`)).toBe(false);
});

test.each(['', 'nonsense', 'a:b:c', '::', `:${process.pid}:`])('%j is nobody', (owner) => {
  expect(isOwnerAlive(owner)).toBe(false);
});

onLinux('a process that was killed is dead, even while its parent has not collected it', async () => {
  // The shell's child ends at once, and `exec sleep` never waits for it: it stays a zombie.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    while (stat()[0] !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
    const [boot] = thisOwner().split(':');
    expect(isOwnerAlive(`${boot}:${pid}:${stat()[19]}`)).toBe(false);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});
