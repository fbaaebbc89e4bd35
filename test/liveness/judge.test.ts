import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeIdentity, ownIdentity, parseIdentity } from '../../src/liveness/identity.js';
import { judgeBySight } from '../../src/liveness/judge.js';
import { bootId, ticksOf } from '../../src/liveness/proc.js';
import { until } from '../support/until.js';

const onLinux = test.runIf(process.platform === 'linux');
const SELF = parseIdentity(ownIdentity());

/** This process with one part of its name changed. */
function changed(
  part: 'host' | 'boot' | 'namespace' | 'uid' | 'pid' | 'ticks',
  value: string | number,
): string {
  const all: Record<string, unknown> = { ...SELF, [part]: value };
  const { host, boot, namespace, uid, pid, ticks } = all;
  return [host, boot, namespace, uid, pid, ticks].join(':');
}

test('this process is its own living owner', () => {
  expect(ownIdentity()).toBe(ownIdentity());
  expect(SELF).toMatchObject({ boot: bootId(), pid: process.pid, uid: process.getuid?.() });
  expect(judgeBySight(ownIdentity())).toBe('alive');
});

test('an owner of another boot of this host has ended, even under a pid that is in use', () => {
  expect(judgeBySight(changed('boot', '00000000-0000-0000-0000-000000000000'))).toBe('ended');
});

test('an owner of another host cannot be judged by sight', () => {
  const [, ...rest] = changed('boot', '00000000-0000-0000-0000-000000000000').split(':');
  expect(judgeBySight(['elsewhere', ...rest].join(':'))).toBe('unknown');
});

test('an owner in another PID namespace cannot be judged by sight, whatever has its pid here', () => {
  expect(judgeBySight(changed('namespace', 1))).toBe('unknown');
});

onLinux('a later process of the same pid is not the owner', () => {
  expect(judgeBySight(changed('ticks', Number(SELF?.ticks) + 1))).toBe('ended');
});

onLinux('an owner whose pid nobody has has ended', () => {
  expect(judgeBySight(changed('pid', 2 ** 22 + 1))).toBe('ended');
});

test.each(['', 'nonsense', 'a:b:c', '::', `:${process.pid}:`])('%j is nobody', (owner) => {
  expect(judgeBySight(owner)).toBe('ended');
});

onLinux('a process that was killed has ended, even while its parent has not collected it', async () => {
  // `exec sleep` never waits for the shell's child, which then stays a zombie.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const command = () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8');
    await until(() => command() === 'sleep\n');
    process.kill(pid, 'SIGKILL');
    await until(() => stat()[0] === 'Z');
    const { host, boot, namespace, uid } = SELF ?? {};
    const ticks = stat()[19];
    expect(judgeBySight([host, boot, namespace, uid, pid, ticks].join(':'))).toBe('ended');
    expect(judgeBySight(`${boot}:${pid}:${ticks}`)).toBe('ended');
    expect(existsSync(`/proc/${pid}`)).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});

describe('an owner as earlier versions wrote it', () => {
  onLinux('lives while its process is seen', () => {
    expect(judgeBySight(`${bootId()}:${process.pid}:${ticksOf('self')}`)).toBe('alive');
    expect(judgeBySight(`${bootId()}:${process.pid}:1`)).toBe('ended');
  });

  test('has ended with its boot', () => {
    expect(judgeBySight(`another-boot:${process.pid}:${ticksOf('self')}`)).toBe('ended');
  });
});

test('people read where an owner runs', () => {
  expect(describeIdentity(changed('uid', 1000))).toBe(`pid ${process.pid} of user 1000`);
  expect(describeIdentity(changed('namespace', 1))).toContain('in another PID namespace');
  expect(describeIdentity(changed('host', 'gpu-3'))).toContain('on gpu-3');
});
