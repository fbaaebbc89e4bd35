import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { createStudy, loadStudy } from '../../src/index.js';
import { hpo, makeProject, makeSweep, runHere, trialsOf } from '../support/cli.js';

const LIBRARY = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href;
const PROGRAM = fileURLToPath(new URL('../fixtures/library/opens.mjs', import.meta.url));
const PROMISES = 8;
const PROCESSES = 4;
const ROUNDS = 2;

const open = (storage: string) =>
  createStudy({ name: 'shared', storage, direction: 'minimize', loadIfExists: true });

test(`${PROMISES} promises at once open one study of a file that none of them has made`, async () => {
  const cwd = makeProject();
  for (let round = 0; round < ROUNDS; round++) {
    const storage = `sqlite:${join(cwd, `new-${round}`, 'study.db')}`;
    const studies = await Promise.all(Array.from({ length: PROMISES }, () => open(storage)));
    expect(new Set(studies.map(({ name }) => name))).toEqual(new Set(['shared']));
    await Promise.all(studies.map((study) => study.close()));
    expect(JSON.parse(await hpo(cwd, 'study', 'list', '--json', '--storage', storage))).toHaveLength(1);
  }
});

test(`${PROMISES} promises at once open one study while others close the file`, async () => {
  const cwd = makeProject();
  const storage = `sqlite:${join(cwd, 'study.db')}`;
  const openAndClose = async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const study = await open(storage);
      expect(await study.trials()).toEqual([]);
      await study.close();
    }
  };
  await Promise.all(Array.from({ length: PROMISES }, openAndClose));
});

test(`${PROCESSES} processes at once open one study of a new file`, async () => {
  const cwd = makeProject();
  for (let round = 0; round < ROUNDS; round++) {
    const storage = `sqlite:${join(cwd, `new-${round}`, 'study.db')}`;
    const programs = Array.from({ length: PROCESSES }, () => startProgram(storage));
    for (const { begin } of programs) begin();
    expect(await Promise.all(programs.map(({ said }) => said))).toEqual(
      Array(PROCESSES).fill(['shared 0\n', '', 0]),
    );
  }
});

/** A program that waits for `begin` before it opens the study. */
function startProgram(storage: string) {
  const child = spawn(process.execPath, [PROGRAM, LIBRARY, storage], { stdio: 'pipe' });
  const texts = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts[0] += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts[1] += text;
  });
  const said = new Promise<(string | number | null)[]>((resolve) => {
    child.on('close', (code) => resolve([...texts, code]));
  });
  return { begin: () => child.stdin.end('now\n'), said };
}

test('a path that ends in .db, .sqlite or .sqlite3 is a file of studies, relative or absolute', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2] } });
  await hpo(cwd, 'optimize', '--storage', 'tune.db');
  await hpo(cwd, 'optimize', '--storage', join(cwd, 'deep', 'tune.sqlite3'));
  expect(existsSync(join(cwd, 'tune.db'))).toBe(true);
  expect(await trialsOf(cwd, '--storage', 'sqlite:tune.db')).toHaveLength(2);
  expect(await trialsOf(cwd, '--storage', 'sqlite:deep/tune.sqlite3')).toHaveLength(2);
  const study = await loadStudy({ name: 's', storage: join(cwd, 'tune.db') });
  expect(await study.trials()).toHaveLength(2);
  await study.close();
});

test('another text as a storage is refused, with what is accepted', async () => {
  const cwd = makeSweep();
  for (const storage of ['tune', 'mysql://host/tune.db', 'http:tune.db', 'tune.db?mode=ro', '.db']) {
    const { code, stderr } = await runHere(['optimize', '--storage', storage], { cwd });
    expect([storage, code, stderr]).toEqual([storage, 2, expect.stringContaining('error[storage.bad-url]')]);
    expect(stderr).toContain('fix: use sqlite:FILE, a path that ends in .db, .sqlite or .sqlite3,');
  }
});
