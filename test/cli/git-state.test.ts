import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitState } from '../../src/cli/git-state.js';
import { makeProject, writeFiles } from '../support/cli.js';

const never = new AbortController().signal;

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.email=a@b.c', '-c', 'user.name=a'];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8' }).trim();
}

function repository(files: Readonly<Record<string, string>> = { 'train.py': 'print()\n' }): string {
  const folder = makeProject(files);
  git(folder, 'init', '-q');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'first');
  return folder;
}

test('names the commit, and whether tracked files differ from it', async () => {
  const folder = repository({ 'train.py': 'print()\n', 'cfg/sweep.yaml': 'study: s\n' });
  const commit = git(folder, 'rev-parse', 'HEAD');
  expect(await gitState(join(folder, 'cfg'), never)).toEqual({ commit, dirty: false });
  // hpo's own outputs are untracked.
  writeFiles(folder, { 'outputs/x.log': 'x' });
  expect(await gitState(folder, never)).toEqual({ commit, dirty: false });
  writeFiles(folder, { 'train.py': 'print(1)\n' });
  expect(await gitState(folder, never)).toEqual({ commit, dirty: true });
});

test('no repository, no commit and no folder are nothing to complain of', async () => {
  const folder = makeProject({ 'a.txt': '' });
  expect(await gitState(folder, never)).toBeNull();
  git(folder, 'init', '-q');
  expect(await gitState(folder, never)).toBeNull();
  expect(await gitState(join(folder, 'missing'), never)).toBeNull();
});

test('a call that ends does not wait for git', async () => {
  expect(await gitState(repository(), AbortSignal.abort())).toBeNull();
});

test('a hostile repository runs nothing', async () => {
  const folder = repository({ 'train.py': 'print()\n', '.gitattributes': '*.py filter=evil\n' });
  const commit = git(folder, 'rev-parse', 'HEAD');
  const trap = join(folder, 'trap.sh');
  writeFiles(folder, { 'trap.sh': `#!/bin/sh\ntouch "${folder}/sprung"\ncat\n` });
  chmodSync(trap, 0o755);
  const settings = {
    'core.fsmonitor': trap,
    'core.pager': trap,
    'filter.evil.clean': trap,
    'filter.evil.smudge': trap,
    'filter.evil.required': 'true',
    'filter.a=b.process': trap,
  };
  for (const [name, value] of Object.entries(settings)) git(folder, 'config', name, value);
  mkdirSync(join(folder, '.git/hooks'), { recursive: true });
  writeFiles(folder, { '.git/hooks/post-index-change': `#!/bin/sh\ntouch "${folder}/sprung"\n` });
  chmodSync(join(folder, '.git/hooks/post-index-change'), 0o755);
  // With another time git must compare the content, which goes through the filter.
  utimesSync(join(folder, 'train.py'), 1, 1);
  expect(await gitState(folder, never)).toEqual({ commit, dirty: false });
  expect(existsSync(join(folder, 'sprung'))).toBe(false);
  // The trap works: git as it is falls into it.
  git(folder, 'status', '--porcelain');
  expect(existsSync(join(folder, 'sprung'))).toBe(true);
});
