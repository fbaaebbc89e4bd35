import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { makeProject, makeSweep, runHere, sweepFile, tree, writeFiles } from '../support/cli.js';

/** `error[CODE]` after a place, or after none. */
type Case = {
  readonly what: string;
  readonly said: RegExp;
  readonly sweep?: Readonly<Record<string, unknown>> | string;
  readonly args?: readonly string[];
  readonly make?: (cwd: string) => void;
};

const at = (code: string) =>
  new RegExp(`^cfg/sweep\\.yaml:\\d+:\\d+ error\\[${code.replace('.', '\\.')}\\]: `);
const bare = (code: string) => new RegExp(`^error\\[${code.replace('.', '\\.')}\\]: `);
const change = (statement: string) => (cwd: string) => {
  mkdirSync(join(cwd, 'storage'));
  const database = new Database(join(cwd, 'storage/hpo.db'));
  database.exec(statement);
  database.close();
};

const cases: readonly Case[] = [
  {
    what: 'a table on stdout while it runs',
    args: ['--csv', '-'],
    said: bare('csv.not-writable'),
  },
  {
    what: 'events on stdout',
    args: ['--events', '-'],
    said: bare('events.not-writable'),
  },
  {
    what: 'a grid without end',
    sweep: { parameters: { x: { min: 0, max: 1 } } },
    said: at('grid.not-finite'),
  },
  {
    what: 'a grid of too many points',
    sweep: { parameters: Object.fromEntries([...'abcdefg'].map((name) => [name, [...Array(10).keys()]])) },
    said: at('grid.too-large'),
  },
  {
    what: 'a range of too many points',
    sweep: { parameters: { x: { min: 0, max: 1e9, int: true } } },
    said: at('grid.too-large'),
  },
  {
    what: 'a program that is not there',
    sweep: { trainer: { command: ['./missing.sh'] } },
    said: at('trainer.missing'),
  },
  {
    what: 'a program that nobody may run',
    sweep: { trainer: { command: ['./notes.txt'] } },
    make: (cwd) => {
      writeFileSync(join(cwd, 'notes.txt'), 'no program');
      chmodSync(join(cwd, 'notes.txt'), 0o644);
    },
    said: at('trainer.missing'),
  },
  { what: 'a folder as program', sweep: { trainer: { command: ['/tmp'] } }, said: at('trainer.missing') },
  { what: 'a study named like a path', sweep: { study: '../s' }, said: at('config.bad-value') },
  {
    what: 'a study named like a path on the command line',
    args: ['--study', '../s'],
    said: bare('study.bad-name'),
  },
  {
    what: 'a study named with control characters',
    args: ['--study', 'a\u001b[2Jb'],
    said: bare('study.bad-name'),
  },
  { what: 'a broken sweep file', sweep: 'parameters: [', said: at('config.syntax') },
  {
    what: 'a table where a folder is',
    make: (cwd) => mkdirSync(join(cwd, 'cfg/runs.csv')),
    said: bare('csv.not-writable'),
  },
  {
    // As /dev/null is one: to put a table in its place would be to remove it.
    what: 'a table where a pipe is',
    make: (cwd) => spawnSync('mkfifo', [join(cwd, 'pipe.csv')]),
    args: ['--csv', 'pipe.csv'],
    said: bare('csv.not-writable'),
  },
  {
    what: 'a run configuration that is a folder',
    make: (cwd) => mkdirSync(join(cwd, 'cfg/config.yaml')),
    said: bare('config.unreadable'),
  },
  { what: 'a device as sweep file', args: ['--sweep', '/dev/zero'], said: bare('config.unreadable') },
  {
    what: 'a FIFO as sweep file',
    make: (cwd) => spawnSync('mkfifo', [join(cwd, 'pipe.yaml')]),
    args: ['--sweep', 'pipe.yaml'],
    said: bare('config.unreadable'),
  },
  {
    what: "another program's database",
    make: change('CREATE TABLE mails (id INTEGER)'),
    said: bare('storage.foreign-database'),
  },
  {
    what: 'a file of another kind as database',
    make: (cwd) => writeFiles(cwd, { 'storage/hpo.db': 'These are notes.\n'.repeat(100) }),
    said: bare('storage.not-a-database'),
  },
  {
    what: 'a folder as database',
    make: (cwd) => mkdirSync(join(cwd, 'storage/hpo.db'), { recursive: true }),
    said: bare('storage.cannot-open'),
  },
  {
    what: 'a file where the folder of the database should be',
    args: ['--storage', 'sqlite:cfg/sweep.yaml/hpo.db'],
    said: bare('storage.cannot-open'),
  },
  {
    what: 'a link to itself as database',
    make: (cwd) => symlinkSync('loop.db', join(cwd, 'loop.db')),
    args: ['--storage', 'sqlite:loop.db'],
    said: bare('storage.cannot-open'),
  },
  { what: 'no database at all', args: ['--storage', 'mysql://host/db'], said: bare('storage.bad-url') },
];

test.each(cases)(
  '$what is refused with exit code 2, and nothing is written',
  async ({ sweep = {}, args = [], make, said }) => {
    const text = typeof sweep === 'string' ? sweep : sweepFile(sweep);
    const cwd = makeProject({ 'cfg/sweep.yaml': text });
    make?.(cwd);
    const before = tree(cwd);
    const { code, stdout, stderr } = await runHere(['optimize', ...args], { cwd });
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/\n +at |\u001b/);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    // The folder of trials is made before the database is looked at, so that nothing is stored that would point nowhere.
    const { [join(cwd, 'outputs')]: _, ...after } = tree(cwd);
    expect(after).toEqual(before);
  },
);

test('a program with a placeholder in its name is looked for when a trial is known', async () => {
  const cwd = makeSweep({ trainer: { command: ['./train-${seed}.sh'] }, parameters: { x: [1] }, seeds: [5] });
  const { code, stdout } = await runHere(['optimize'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain(`the trainer's program ${join(cwd, 'train-5.sh')} does not exist`);
});
