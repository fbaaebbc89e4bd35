import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  noteStop,
  readExit,
  readLaunchOwner,
  readStop,
  revokeLaunch,
} from '../../../src/executors/local/attempt-dir.js';
import { tempDir } from './harness.js';

/** A folder with this file in it. */
function holding(name: string, text: string): string {
  const dir = tempDir();
  writeFileSync(join(dir, name), text);
  return dir;
}

it('an exit code is complete only with its newline: 1 may be the beginning of 137', () => {
  expect(readExit(tempDir())).toBeNull();
  for (const half of ['', '1', '13', '137', 'x\n', '1\n2', '-1\n', '1000\n'])
    expect(readExit(holding('exit', half)), JSON.stringify(half)).toBeNull();
  expect(readExit(holding('exit', '137\n'))).toMatchObject({ exitCode: 137 });
});

it('a pid is complete only with its newline, but its file owns the launch at once', () => {
  expect(readLaunchOwner(tempDir())).toEqual({ kind: 'nobody' });
  for (const half of ['', '12', '0\n', 'x\n'])
    expect(readLaunchOwner(holding('pid', half))).toEqual({ kind: 'supervisor', pid: null });
  expect(readLaunchOwner(holding('pid', '123\n'))).toEqual({ kind: 'supervisor', pid: 123 });
});

it('a launch is revoked once, never under a supervisor, and not where the folder is gone', async () => {
  const dir = tempDir();
  expect([await revokeLaunch(dir), await revokeLaunch(dir)]).toEqual([true, false]);
  expect(readLaunchOwner(dir)).toEqual({ kind: 'revoked' });
  const owned = holding('pid', '123\n');
  expect(await revokeLaunch(owned)).toBe(false);
  expect(readLaunchOwner(owned)).toEqual({ kind: 'supervisor', pid: 123 });
  expect(await revokeLaunch(join(dir, 'gone'))).toBe(false);
});

it('the first reason to stop stands, and a stop of what has no folder is none', async () => {
  const dir = tempDir();
  expect(readStop(dir)).toBeNull();
  await noteStop(dir, { reason: 'pruned', words: null });
  await noteStop(dir, { reason: 'interrupted', words: null });
  expect(readStop(dir)?.reason).toBe('pruned');
  await noteStop(join(dir, 'gone'), { reason: 'pruned', words: null });
  expect(readStop(holding('stop', 'whatever\n'))).toBeNull();
});
