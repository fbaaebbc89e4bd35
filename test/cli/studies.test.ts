import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { hpo, makeSweep, runHere } from '../support/cli.js';

test('study create, list, show, delete, and how the other commands choose among several', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2] } });
  expect(await hpo(cwd, 'study', 'create')).toContain('created study s in sqlite:storage/hpo.db');
  const twice = await runHere(['study', 'create'], { cwd });
  expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('error[storage.study-exists]')]);
  expect(JSON.parse(await hpo(cwd, 'study', 'create', '--name', 'b', '--seed', '3', '--json'))).toEqual({
    schema: 'hpo.study-create/1',
    study: 'b',
    seed: 3,
    storage: 'sqlite:storage/hpo.db',
  });
  await hpo(cwd, 'optimize', '--study', 'b');
  const list = await hpo(cwd, 'study', 'list');
  expect(list.split('\n').map((line) => line.split(/ +/).slice(0, 4))).toEqual([
    ['study', 'direction', 'configurations', 'complete'],
    ['s', 'minimize', '0', '0'],
    ['b', 'minimize', '2', '2'],
    [''],
  ]);
  const shown = JSON.parse(await hpo(cwd, 'study', 'show', 'b', '--json'));
  expect(shown).toMatchObject({
    name: 'b',
    seed: 3,
    counts: { complete: 2 },
    spec: { sampler: { name: 'grid' } },
  });
  expect(await hpo(cwd, 'study', 'show', 'b')).toMatch(/^name: b\n.*\n {2}complete: 2\n/s);

  // The sweep file names s; --sweep with no such file leaves several to choose from.
  expect(await hpo(cwd, 'trials')).toBe('study s has no trials\n');
  expect(await hpo(cwd, 'best', '--study', 'b')).toMatch(/^loss +n +trials +x\n +1 +1 +0 +1\n/);
  const which = await runHere(['trials', '--sweep', 'none.yaml'], { cwd });
  expect([which.code, which.stderr]).toEqual([2, expect.stringContaining('error[study.which]')]);
  expect(which.stderr).toContain('holds several: s, b');

  const unsure = await runHere(['study', 'delete', 'b'], { cwd });
  expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('study b has 2 trials')]);
  expect(await hpo(cwd, 'study', 'delete', 'b', '--yes')).toBe('deleted study b with 2 trials\n');
  const gone = await runHere(['study', 'show', 'b'], { cwd });
  expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('error[study.not-found]')]);
  expect(JSON.parse(await hpo(cwd, 'study', 'list', '--json'))).toMatchObject([
    { name: 's', configurations: 0 },
  ]);
  // Made again under the same name it starts from nothing, its old outputs notwithstanding.
  expect(await hpo(cwd, 'optimize', '--study', 'b')).toContain('study b is finished: 2 complete\n');
});

test('a storage that is not there is an error, not a new file', async () => {
  const cwd = makeSweep();
  for (const args of [['study', 'list'], ['trials'], ['stop', '0']]) {
    const { code, stderr } = await runHere(args, { cwd });
    expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining('error[storage.not-found]')]);
  }
  await hpo(cwd, 'study', 'create', '--storage', 'sqlite:llm.db');
  const { stderr } = await runHere(['trials'], { cwd });
  expect(stderr).toContain('fix: name the database with --storage; in this folder: sqlite:llm.db\n');
});

test('a reader that closes early, as head does, is no failure', async () => {
  const cwd = makeSweep({
    parameters: { x: Array.from({ length: 50 }, (_, k) => k) },
    trainer: 'silent.sh',
    trials: 3,
  });
  await runHere(['optimize'], { cwd });
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const script = '{ "$0" "$1" trials --json; echo "code $?" >&2; } | head -1';
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script, process.execPath, main], { cwd });
  expect([stdout, stderr]).toEqual(['[\n', 'code 0\n']);
});

test('--help and --version say what they should and exit 0; no command at all is a mistake', async () => {
  const cwd = makeSweep();
  expect(await hpo(cwd, '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await hpo(cwd, 'help', 'optimize')).toBe(await hpo(cwd, 'optimize', '--help'));
  const { code, stderr } = await runHere([], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining('Usage: hpo')]);
});
