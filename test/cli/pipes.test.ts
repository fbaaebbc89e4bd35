import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { hpo, linesOf, makeSweep, runHpo, spawnHpo, trialsOf, writeFiles } from '../support/cli.js';

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

test('Ctrl-C after the reader is gone still drains, and the next call goes on', async () => {
  const cwd = makeSweep({ trainer: 'gate.sh', parameters });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 1 step 1/);
  running.child.stdout?.destroy();
  running.child.stderr?.destroy();
  running.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 300));
  writeFiles(cwd, { go: '' });
  expect((await running.ended).code).toBe(130);
  expect(await results(cwd)).toEqual(all.slice(0, 2));
  expect(await hpo(cwd, 'optimize')).toContain('6 complete');
  expect((await runHpo(['trials', '--state', 'fail'], { cwd })).code).toBe(0);
});
