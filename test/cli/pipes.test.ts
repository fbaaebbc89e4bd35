import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  hpo,
  linesOf,
  makeProject,
  makeSweep,
  runHere,
  spawnHpo,
  sweepLogs,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';

const parameters = { x: [1, 2, 3, 4, 5, 6] };
const results = async (cwd: string) => (await trialsOf(cwd)).map(({ state, values }) => [state, values?.[0]]);
const all = parameters.x.map((x) => ['COMPLETE', x]);

/** Runs a shell line in which `hpo` is this build: pipes as people write them. The shell waits for all of a pipe. */
function shell(cwd: string, line: string): Promise<number | null> {
  const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
  const text = `hpo() { ${JSON.stringify(process.execPath)} ${JSON.stringify(main)} "$@"; }; ${line}`;
  const child = spawn('/bin/sh', ['-c', text], {
    cwd,
    stdio: 'ignore',
    env: { ...process.env, TERM: 'dumb' },
  });
  return new Promise((resolve) => child.on('close', resolve));
}

test.each([
  ['its output', 'hpo optimize | head -1 >first'],
  ['its errors', 'hpo optimize --json 2>&1 >/dev/null | head -1 >first'],
  ['both', 'hpo optimize 2>&1 | head -1 >first'],
])('a reader of %s that goes away early ends no sweep and loses nothing', async (_, line) => {
  const cwd = makeSweep({ parameters });
  expect(await shell(cwd, line)).toBe(0);
  expect(linesOf(cwd, 'first')).toHaveLength(1);
  expect(await results(cwd)).toEqual(all);
});

test('the exit code of a sweep does not depend on who reads what it says', async () => {
  const cwd = makeSweep({ parameters });
  expect(await shell(cwd, '{ hpo optimize; echo $? >code; } | head -1 >/dev/null')).toBe(0);
  expect(linesOf(cwd, 'code')).toEqual(['0']);
  const failing = makeSweep({ trainer: 'crash.sh', parameters });
  await shell(failing, '{ hpo optimize; echo $? >code; } 2>&1 | head -1 >/dev/null');
  expect(linesOf(failing, 'code')).toEqual(['1']);
});

test('output that is closed from the start is no hindrance', async () => {
  const cwd = makeSweep({ parameters });
  expect(await shell(cwd, 'hpo optimize >&- 2>&-')).toBe(0);
  expect(await results(cwd)).toEqual(all);
});

test('Ctrl-C after the reader is gone still drains, and the next call resumes', async () => {
  const cwd = makeSweep({ trainer: 'gate.sh', parameters });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 1 step 1/);
  running.child.stdout?.destroy();
  running.child.stderr?.destroy();
  running.kill('SIGINT');
  await until(() => /no new trials/.test(sweepLogs(cwd)));
  writeFiles(cwd, { go: '' });
  expect((await running.ended).code).toBe(130);
  expect(await results(cwd)).toEqual(all.slice(0, 2));
  expect(await hpo(cwd, 'optimize')).toContain('6 complete');
  expect((await runHere(['trials', '--state', 'fail'], { cwd })).code).toBe(0);
});

test('a table that nobody reads any more is not made to its end', async () => {
  const rows = Array.from(
    { length: 2500 },
    (_, k) => `${k},${k / 7},${'a text that fills the pipe '.repeat(3)}`,
  );
  const cwd = makeProject({ 'past.csv': ['x,loss,note', ...rows].join('\n') });
  await hpo(cwd, 'import', 'past.csv', '--params', 'x,note', '--metric', 'loss', '--study', 's');
  expect(JSON.parse(await hpo(cwd, 'trials', '--json'))).toHaveLength(2500);
  // Whoever comes as far as the third page ends with an error.
  const database = new Database(join(cwd, 'storage/hpo.db'));
  database.exec("UPDATE trial_values SET value = x'00' WHERE trial_id = 2400");
  database.close();
  for (const flag of ['', '--json']) {
    expect(await shell(cwd, `{ hpo trials ${flag} 2>said; echo $? >code; } | head -2 >first`)).toBe(0);
    expect([linesOf(cwd, 'code'), linesOf(cwd, 'said'), linesOf(cwd, 'first').length]).toEqual([
      ['0'],
      [],
      2,
    ]);
    expect((await runHere(['trials', ...(flag ? [flag] : [])], { cwd })).code).toBe(1);
  }
});

test('a table and its JSON are the same in pages as in one piece, and export-csv prints what it writes', async () => {
  const cwd = makeSweep({ parameters });
  await hpo(cwd, 'optimize');
  const json = await hpo(cwd, 'trials', '--json');
  expect(json).toBe(`${JSON.stringify(JSON.parse(json), null, 2)}\n`);
  expect(await hpo(cwd, 'trials', '--json', '--state', 'fail')).toBe('[]\n');
  expect(await hpo(cwd, 'trials', '--state', 'fail')).toBe('study s has no fail trials\n');
  await hpo(cwd, 'export-csv', '--out', 'table.csv');
  expect(await hpo(cwd, 'export-csv', '--out', '-')).toBe(readFileSync(join(cwd, 'table.csv'), 'utf8'));
  expect(existsSync(join(cwd, '-'))).toBe(false);
});
