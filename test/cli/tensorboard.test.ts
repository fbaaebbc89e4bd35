import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readRuns } from '../loggers/tensorboard/reader.js';
import {
  makeProject,
  makeSweep,
  runHere,
  runHpo,
  spawnHpo,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';

const PRELOAD = fileURLToPath(new URL('../chaos/preload.mjs', import.meta.url));
const sweep = { logging: { tensorboard: { dir: 'runs' } }, parameters: { x: [1, 2] }, max_concurrent: 1 };

/** Runs a sweep under which each moment is noted at which something becomes visible, or that is killed beside one. */
async function run(moments: Readonly<Record<string, string>>) {
  const cwd = makeSweep(sweep);
  const env = { NODE_OPTIONS: `--import ${PRELOAD}`, ...moments };
  return { cwd, ran: await runHpo(['optimize'], { cwd, env }) };
}

/** The curves below a folder, by run. */
const curvesOf = (cwd: string) =>
  Object.fromEntries(Object.entries(readRuns(join(cwd, 'runs'))).map(([name, each]) => [name, each.scalars]));
const curve = (first: number, x: number) => ({
  loss: [
    [1, first],
    [2, x],
  ],
  'objective/loss': [[2, x]],
});
/** Event files that are not empty: those that were replaced are. */
const eventFiles = (cwd: string) =>
  readdirSync(join(cwd, 'runs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('tfevents'))
    .map((name) => join(cwd, 'runs', name))
    .filter((file) => statSync(file).size > 0);

test('kill -9 beside writes of event files: the next call leaves each value once', async () => {
  const file = join(makeProject(), 'points');
  await run({ HPO_POINTS_FILE: file });
  const moments = readFileSync(file, 'utf8').split('\n');
  const kinds = [
    [/writeFileSync .*\.hpo\/study\.\w+$/, 'after'],
    [/writeFileSync .*trial-00000\/events\.out\.tfevents/, 'after'],
    [/writeFileSync \d+$/, 'after'],
    [/rmSync .*\.hpo\/trial-00001-1$/, 'before'],
  ] as const;
  for (const [kind, side] of kinds) {
    const at = moments.findLastIndex((moment) => kind.test(moment)) + 1;
    expect([kind, at > 0]).toEqual([kind, true]);
    const { cwd, ran } = await run({ HPO_KILL_AT: `${at}:${side}` });
    expect(ran.code).toBeNull();
    const next = await runHere(['optimize'], { cwd });
    expect([next.code, next.stderr]).toEqual([0, '']);
    const expected = { 's/trial-00000': curve(9, 1), 's/trial-00001': curve(9, 2) };
    expect([kind, side, curvesOf(cwd)]).toEqual([kind, side, expected]);
    const marks = readdirSync(join(cwd, 'runs/s/.hpo')).filter((name) => name.startsWith('trial'));
    expect([eventFiles(cwd).length, marks]).toEqual([2, []]);
  }
});

test('kill -9 in the middle of a record, while two sweeps share the study: each value is there once', async () => {
  const cwd = makeSweep({ ...sweep, trainer: 'gate.sh', parameters: { x: [1, 2, 3, 4] } });
  const [killed, other] = [spawnHpo(['optimize'], { cwd }), spawnHpo(['optimize'], { cwd })];
  await killed.says(/trial \d step 1/);
  await other.says(/trial \d step 1/);
  await until(() => Object.values(curvesOf(cwd)).every(({ loss }) => loss !== undefined));
  killed.kill('SIGKILL');
  await killed.ended;
  const [, begun] = /trial (\d) started/.exec(killed.stdout) ?? [];
  const torn = eventFiles(cwd).filter((file) => file.includes(`trial-0000${begun}`));
  for (const file of torn) truncateSync(file, statSync(file).size - 5);
  expect(torn).toHaveLength(1);
  writeFiles(cwd, { go: '' });
  expect((await other.ended).code).toBe(0);
  const { code, stderr } = await runHere(['optimize'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
  const trials = await trialsOf(cwd);
  const expected = trials.map(({ number, params }) => [`s/trial-0000${number}`, curve(5, Number(params.x))]);
  expect(expected).toHaveLength(4);
  expect(eventFiles(cwd)).toHaveLength(4);
  expect(curvesOf(cwd)).toEqual(Object.fromEntries(expected));
});

test('a folder that cannot be written costs one warning and no exit code', async () => {
  const cwd = makeSweep(sweep);
  writeFiles(cwd, { runs: 'in the way' });
  const { code, stderr } = await runHere(['optimize'], { cwd });
  expect(code).toBe(0);
  expect(stderr.match(/^.*$/gm)).toEqual([
    expect.stringMatching(/^warning: the logger tensorboard failed: .*runs.*; the sweep continues$/),
    '',
  ]);
});
