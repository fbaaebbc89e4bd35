import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  isOneWholeFile,
  isReplacedWhole,
  quietMs,
  stampOf,
} from '../../../src/executors/local/checkpoint-stamp.js';
import { tempDir } from './harness.js';

function folder(files: Readonly<Record<string, string>>) {
  const dir = tempDir();
  const write = (name: string, text: string) => writeFileSync(join(dir, name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { dir, write };
}

test('the stamp of a folder differs after every change of a file in it, and a folder that is not there has one', () => {
  const { dir, write } = folder({ a: '1' });
  const stamps = [stampOf(dir)];
  write('a', '12');
  stamps.push(stampOf(dir));
  mkdirSync(join(dir, 'part'));
  write('part/b', '1');
  stamps.push(stampOf(dir));
  renameSync(join(dir, 'a'), join(dir, 'c'));
  stamps.push(stampOf(dir));
  expect(new Set(stamps).size).toBe(4);
  expect(stampOf(join(dir, 'missing'))).toBe('[]');
  expect(quietMs('[]')).toBe(Number.POSITIVE_INFINITY);
  expect(quietMs('')).toBe(Number.POSITIVE_INFINITY);
});

test('a checkpoint that was replaced is whole while the next one is written beside it, and not while it is written to', () => {
  const { dir, write } = folder({ last: '1' });
  const before = stampOf(dir);
  write('new', '2');
  expect(isReplacedWhole(before, stampOf(dir), [join(dir, 'new')])).toBe(false);
  renameSync(join(dir, 'new'), join(dir, 'last'));
  write('new', '3');
  const now = stampOf(dir);
  expect(isReplacedWhole(before, now, [join(dir, 'new')])).toBe(true);
  expect(isReplacedWhole(before, now, [join(dir, 'last')])).toBe(false);
});

test('one file is whole where it is no smaller than before; of several nobody knows', () => {
  const { dir, write } = folder({ last: '123' });
  const before = stampOf(dir);
  write('last', '1');
  expect(isOneWholeFile(before, stampOf(dir))).toBe(false);
  write('last', '1234');
  expect(isOneWholeFile(before, stampOf(dir))).toBe(true);
  write('more', '1');
  expect(isOneWholeFile(before, stampOf(dir))).toBe(false);
  expect(isOneWholeFile('[]', '[]')).toBe(false);
});
