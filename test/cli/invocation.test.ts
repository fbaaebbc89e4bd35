import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { asTyped, errorAsTyped } from '../../src/cli/as-typed.js';
import { commandOn, hpoCommand } from '../../src/cli/invocation.js';
import { makeProgram } from '../../src/cli/program.js';
import { makeSweep, writeFiles } from '../support/cli.js';

const PROGRAM = '/usr/local/bin/hpo';

test('npm and npx are distinguished from a program on PATH', () => {
  expect(hpoCommand({ env: {}, program: PROGRAM })).toBe('hpo');
  expect(hpoCommand({ env: { npm_config_cache: '/x' }, program: PROGRAM })).toBe('hpo');
  expect(hpoCommand({ env: { npm_command: 'exec' }, program: PROGRAM })).toBe('npx hpo');
  expect(hpoCommand({ env: { npm_lifecycle_event: 'start' }, program: PROGRAM })).toBe('npx hpo');
  expect(hpoCommand({ env: {}, program: '/p/node_modules/.bin/hpo' })).toBe('npx hpo');
  expect(hpoCommand({ env: {}, program: '/p/node_modules/.bin/vitest' })).toBe('hpo');
});

test('a command names the study and the storage where it must, quoted', () => {
  const started = { env: {}, program: PROGRAM };
  const at = { study: 'a b', named: false, storage: 'sqlite:storage/hpo.db' };
  expect(commandOn(['best'], at, started)).toBe('hpo best');
  expect(commandOn(['show', '3'], { ...at, named: true, storage: 'sqlite:$x.db' }, started)).toBe(
    "hpo show 3 --study 'a b' --storage 'sqlite:$x.db'",
  );
});

test('a hint names commands as a person typed hpo, and leaves the name of the program alone', () => {
  const byNpx = { env: { npm_command: 'exec' }, program: PROGRAM };
  const hint =
    'see hpo trials --state fail, or npx hpo best; hpo optimizes, hpo set up nothing; /bin/hpo best';
  expect(asTyped(hint, { env: {}, program: PROGRAM })).toBe(hint);
  expect(asTyped('run: hpo optimize (or `hpo set trials=3`)', byNpx)).toBe(
    'run: npx hpo optimize (or `npx hpo set trials=3`)',
  );
  expect(asTyped('npx hpo best; hpo optimizes; /bin/hpo best', byNpx)).toBe(
    'npx hpo best; hpo optimizes; /bin/hpo best',
  );
  // What came may hold any text, and is repeated as it is.
  expect(errorAsTyped('error[a.b]: got hpo best\n  fix: hpo best --json', byNpx)).toBe(
    'error[a.b]: got hpo best\n  fix: npx hpo best --json',
  );
});

test('every command of hpo is known to the hints', () => {
  const byNpx = { env: { npm_command: 'exec' }, program: PROGRAM };
  for (const command of makeProgram().commands)
    expect(asTyped(`hpo ${command.name()}`, byNpx)).toBe(`npx hpo ${command.name()}`);
});

test('a sweep that a real npx started ends with commands for npx', () => {
  const cwd = makeSweep({ parameters: { x: [1] } });
  const root = fileURLToPath(new URL('../..', import.meta.url));
  writeFiles(cwd, { 'package.json': '{"private":true}', 'node_modules/.bin/x': '' });
  execFileSync('ln', ['-s', join(root, 'dist/cli/main.js'), join(cwd, 'node_modules/.bin/hpo')]);
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|HPO_|VITEST)/.test(name)),
  );
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, {
      cwd,
      encoding: 'utf8',
      env: { ...env, TERM: 'dumb', npm_config_offline: 'true' },
    });
  const end = run('npx', '--no-install', 'hpo', 'optimize');
  expect(run('npx', '--no-install', 'hpo', 'best', '--help')).toContain('\n  $ npx hpo best');
  expect(end).toContain(
    '\n  npx hpo best\n  npx hpo show 0\n  npx hpo importance\n  npx hpo plot history\n  npx hpo dashboard\n',
  );
  expect(run(process.execPath, join(root, 'dist/cli/main.js'), 'optimize')).toContain('\n  hpo best\n');
});
