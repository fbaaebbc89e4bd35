import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceFile, replaceWith } from '../../src/cli/output-file.js';
import { hpoInProcess, saidBy } from '../support/in-process.js';
import { makeShownStudy, type ShownStudy } from '../support/shown-study.js';

const folder = mkdtempSync(join(tmpdir(), 'hpo-output-'));
const at = (name: string) => join(folder, name);
let shown: ShownStudy;
beforeAll(async () => {
  shown = await makeShownStudy();
});
afterAll(() => {
  shown.remove();
  rmSync(folder, { recursive: true, force: true });
});

const here = () => ['--study', 'shown', '--storage', shown.url] as const;

test('a file is replaced as a whole, in a folder that is made', async () => {
  await replaceFile(at('new/deep/file'), ['a', 'b']);
  await replaceFile(at('new/deep/file'), [Buffer.from('c')]);
  expect(readFileSync(at('new/deep/file'), 'utf8')).toBe('c');
});

test('a write that fails leaves the old file and nothing else', async () => {
  mkdirSync(at('kept'));
  writeFileSync(at('kept/file'), 'old');
  const writing = replaceWith(at('kept/file'), async (temporary) => {
    writeFileSync(temporary, 'half');
    throw new Error('stopped');
  });
  await expect(writing).rejects.toThrow('stopped');
  expect(readdirSync(at('kept'))).toEqual(['file']);
  expect(readFileSync(at('kept/file'), 'utf8')).toBe('old');
});

test.each([
  ['a folder', '.'],
  ['a device or pipe', '/dev/null'],
  ['ENOENT', ''],
  ['ENAMETOOLONG', 'a'.repeat(300)],
  ['ENOTDIR', '/dev/null/plot.svg'],
])('a path that is %s is a mistake of usage, for every command that writes a file', async (got, path) => {
  for (const args of [
    ['plot', 'history'],
    ['export-csv', '--steps'],
    ['export-csv', '--format', 'parquet'],
  ]) {
    const { code, stderr } = await hpoInProcess(...args, ...here(), '--out', path);
    expect({ args, code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(new RegExp(`^error\\[output\\.not-writable\\]: .*, got ${got}\n  fix: `)),
    });
  }
});

test('hpo plot writes an SVG file into a new folder, and to stdout with -', async () => {
  const file = at('plots/history.svg');
  expect(await saidBy('plot', 'history', ...here(), '--out', file)).toBe(`wrote ${file}\n`);
  expect(await saidBy('plot', 'history', ...here(), '--out', '-')).toBe(readFileSync(file, 'utf8'));
  expect((await hpoInProcess('plot', 'history', ...here(), '--out', file, '--json')).code).toBe(2);
});
