import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findScript, sha256Of } from '../../src/cli/trainer-script.js';
import { makeProject } from '../support/cli.js';

test('the script is the module, else the first word that is a file, else the program', async () => {
  const folder = makeProject({
    'train.py': 'x',
    'data.csv': 'y',
    'run.sh': 'z',
    'pkg/train.py': 'm',
    'app/__main__.py': 'a',
  });
  const file = (...command: readonly string[]) => findScript(command, folder)?.file ?? null;
  expect(file('python3', '-u', 'train.py', '--data', 'data.csv', '${overrides}')).toBe('train.py');
  expect(file('python3', '-m', 'pkg.train', '--data', 'data.csv')).toBe(join('pkg', 'train.py'));
  expect(file('python3', '-m', 'app')).toBe(join('app', '__main__.py'));
  expect(file('./run.sh', '${overrides}')).toBe('./run.sh');
  expect(file('./run.sh', 'train.py')).toBe('train.py');
  // A folder, a program on PATH and a placeholder are no scripts.
  expect(file('python3', 'pkg', '${overrides}')).toBeNull();
  // A path that may name a person is shortened.
  expect(file('python3', join(folder, 'train.py'))).toBe('train.py');
});

test('the hash is that of the content; a file that cannot be read has none', async () => {
  const folder = makeProject({ 'train.py': 'print()\n' });
  const expected = createHash('sha256').update('print()\n').digest('hex');
  expect(await sha256Of(join(folder, 'train.py'))).toBe(expected);
  expect(await sha256Of(join(folder, 'missing'))).toBeNull();
  expect(await sha256Of(folder)).toBeNull();
});
