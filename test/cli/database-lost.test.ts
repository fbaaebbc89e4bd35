import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import {
  hpo,
  linesOf,
  makeProject,
  readCsv,
  spawnHpo,
  sweepFile,
  trainersIn,
  trialsOf,
  until,
} from '../support/cli.js';

/** The first two trials end at once; the others note their start and wait for the file `go`. */
const SCRIPT = `echo "$HPO_TRIAL" >>started
  [ "$HPO_TRIAL" -lt 2 ] || while [ ! -e go ]; do sleep 0.1; done
  echo "METRIC loss=$HPO_TRIAL"`;

function project(): string {
  const command = ['sh', '-c', SCRIPT];
  return makeProject({
    'cfg/sweep.yaml': sweepFile({ trainer: { command }, parameters: { x: [1, 2, 3, 4, 5, 6] } }),
  });
}

/** A sweep of which two trials are complete and two run. */
async function halfWay(cwd: string) {
  const running = spawnHpo(['optimize', '--seed', '3'], { cwd });
  for (const trial of [0, 1]) await running.says(new RegExp(`trial ${trial} COMPLETE`));
  await until(() => linesOf(cwd, 'started').length === 4);
  return running;
}

const ALL = [0, 1, 2, 3, 4, 5].map((number) => [number, 'COMPLETE', [number]]);

describe.each([
  [
    'deleted with its folder',
    (cwd: string) => rmSync(join(cwd, 'storage'), { recursive: true }),
    /was deleted or moved/,
  ],
  [
    'moved',
    (cwd: string) => renameSync(join(cwd, 'storage/hpo.db'), join(cwd, 'away.db')),
    /was deleted or moved/,
  ],
  [
    'moved with its folder',
    (cwd: string) => renameSync(join(cwd, 'storage'), join(cwd, 'away')),
    /was deleted or moved/,
  ],
  [
    'replaced by another file',
    (cwd: string) => {
      new Database(join(cwd, 'other.db')).exec('CREATE TABLE other (a)').close();
      renameSync(join(cwd, 'other.db'), join(cwd, 'storage/hpo.db'));
    },
    /was replaced by another file/,
  ],
])('a database that is %s under a sweep', (_, lose, how) => {
  test('ends it with a copy, from which the next call resumes without running a trial twice', async () => {
    const cwd = project();
    const running = await halfWay(cwd);
    lose(cwd);
    const { code, stderr, stdout } = await running.ended;
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/is finished/);
    expect(stderr).toMatch(how);
    expect(stderr).toContain('error[storage.lost]');
    const [, command = ''] = /^ {4}hpo (.+)$/m.exec(stderr) ?? [];
    expect(command).toMatch(/^optimize --seed 3 --storage sqlite:storage\/hpo\.rescued-\d{8}-\d{6}\.db$/);
    // Nothing was started meanwhile, and what ran runs on.
    expect(linesOf(cwd, 'started')).toHaveLength(4);
    if (process.platform === 'linux') expect(trainersIn(cwd)).not.toEqual([]);
    expect(readCsv(join(cwd, 'cfg/runs.csv')).map(({ state }) => state)).toEqual([
      ...['COMPLETE', 'COMPLETE', 'RUNNING', 'RUNNING'],
    ]);
    writeFileSync(join(cwd, 'go'), '');
    const again = await hpo(cwd, ...command.split(' '));
    expect(again).not.toMatch(/warning/);
    const storage = command.split(' ').slice(-2);
    const trials = await trialsOf(cwd, ...storage);
    expect(trials.map(({ number, state, values }) => [number, state, values])).toEqual(ALL);
    expect(trials.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(linesOf(cwd, 'started').sort()).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(readdirSync(join(cwd, 'outputs')).filter((name) => !name.startsWith('sweep_'))).toEqual(['s']);
  });
});

test('a new sweep of the same name at the old path takes nothing from the copy', async () => {
  const cwd = project();
  const running = await halfWay(cwd);
  rmSync(join(cwd, 'storage'), { recursive: true });
  const { stderr } = await running.ended;
  const url = /sqlite:\S+/.exec(/^ {4}hpo .+$/m.exec(stderr)?.[0] ?? '')?.[0] ?? '';
  // Two trials of the old study still run in the folder.
  const fresh = spawnHpo(['optimize', '--csv', 'new.csv'], { cwd });
  await fresh.says(
    /outputs go to outputs\/s-[0-9a-f]{6}: outputs\/s holds a trial of another study that is still running/,
  );
  writeFileSync(join(cwd, 'go'), '');
  expect(await fresh.ended).toMatchObject({ code: 0 });
  await hpo(cwd, 'optimize', '--storage', url);
  const trials = await trialsOf(cwd, '--storage', url);
  expect(trials.map(({ number, state, values }) => [number, state, values])).toEqual(ALL);
  expect(linesOf(cwd, 'started')).toHaveLength(12);
});

test('a database that is deleted at the very end is no finished sweep', async () => {
  const command = ['sh', '-c', 'rm -rf storage; echo METRIC loss=1'];
  const cwd = makeProject({ 'cfg/sweep.yaml': sweepFile({ trainer: { command }, parameters: { x: [1] } }) });
  const { code, stdout, stderr } = await spawnHpo(['optimize'], { cwd }).ended;
  expect(code).toBe(1);
  expect(stdout).not.toMatch(/is finished/);
  expect(stderr).toContain('error[storage.lost]');
  const copies = readdirSync(join(cwd, 'storage'));
  expect(copies).toHaveLength(1);
  await hpo(cwd, 'optimize', '--storage', `sqlite:storage/${copies[0]}`);
  expect((await trialsOf(cwd, '--storage', `sqlite:storage/${copies[0]}`)).map(({ state }) => state)).toEqual(
    ['COMPLETE'],
  );
});

test('a copy never takes the place of a file, and goes elsewhere when the folder cannot be made', async () => {
  const cwd = project();
  const running = await halfWay(cwd);
  rmSync(join(cwd, 'storage'), { recursive: true });
  writeFileSync(join(cwd, 'storage'), 'a file is in the way');
  const { stderr } = await running.ended;
  expect(stderr).toMatch(/^ {4}hpo .* --storage sqlite:hpo\.rescued-\d{8}-\d{6}\.db$/m);
  expect(readFileSync(join(cwd, 'storage'), 'utf8')).toBe('a file is in the way');
});
