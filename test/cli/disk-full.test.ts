import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  hpo,
  linesOf,
  makeSweep,
  pass,
  readCsv,
  runHpo,
  spawnHpo,
  sweepFile,
  sweepLogs,
  trainersIn,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';
import { describeOnSmallDisk, fill, smallDisk } from '../support/tmpfs.js';

function integrity(file: string): unknown {
  const database = new Database(file);
  const found = database.pragma('integrity_check', { simple: true });
  database.close();
  return found;
}

describeOnSmallDisk('a sweep whose whole project lies on a disk that fills up', () => {
  test('waits, continues by itself when there is space, and accounts for every trial', async () => {
    // More than the write-ahead log of the database, which takes up to 4 MB before SQLite copies it.
    const cwd = smallDisk(8);
    const values = [...Array(12).keys()];
    writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ trainer: 'steps.sh', parameters: { x: values } }) });
    const running = spawnHpo(['optimize'], { cwd });
    await running.says(/trial 2 COMPLETE|trial 3 COMPLETE/);
    const ballast = fill(cwd);
    await running.says(/no space is left/);
    await until(() => trainersIn(cwd).length === 0);
    // Long enough for the table and the log to be written in vain.
    await pass(1500);
    const started = () => (running.stdout.match(/trial \d+ started/g) ?? []).length;
    const before = started();
    expect(running.stdout.match(/no space is left/g)).toHaveLength(1);
    expect(trainersIn(cwd)).toEqual([]);
    // What is there of the table is whole.
    const table = join(cwd, 'cfg/runs.csv');
    if (existsSync(table)) expect(readFileSync(table, 'utf8')).toMatch(/\r\n$/);
    expect(started()).toBe(before);
    expect(before).toBeLessThan(12);
    rmSync(ballast);
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/there is space again: the sweep resumes/);
    const trials = await trialsOf(cwd);
    expect(trials.map(({ number, state, values: told, epochs }) => [number, state, told, epochs])).toEqual(
      values.map((x) => [x, 'COMPLETE', [x], 10]),
    );
    expect(readCsv(table).map(({ trial, objective }) => [trial, objective])).toEqual(
      values.map((x) => [String(x), String(x)]),
    );
    await hpo(cwd, 'export-csv', '--out', 'again.csv');
    expect(readFileSync(join(cwd, 'again.csv'), 'utf8')).toBe(readFileSync(table, 'utf8'));
    expect(readdirSync(join(cwd, 'cfg')).sort()).toEqual(['runs.csv', 'sweep.yaml']);
    // Each line of the log is whole, those of the time without space among them.
    const log = sweepLogs(cwd);
    expect(log.split('\n').filter((line) => line !== '' && !/^\d{4}-\d\d-\d\dT[\d:.]+Z /.test(line))).toEqual(
      [],
    );
    for (const x of values) expect(log).toContain(`trial ${x} COMPLETE`);
    expect(log).toContain('no space is left');
    expect(integrity(join(cwd, 'storage/hpo.db'))).toBe('ok');
  });

  test('ends on Ctrl-C while it waits, and the next call resumes', async () => {
    // More than the write-ahead log of the database, which takes up to 4 MB before SQLite copies it.
    const cwd = smallDisk(8);
    writeFiles(cwd, {
      'cfg/sweep.yaml': sweepFile({ trainer: 'steps.sh', parameters: { x: [1, 2, 3, 4] } }),
    });
    const running = spawnHpo(['optimize'], { cwd });
    await running.says(/trial 0 started/);
    const ballast = fill(cwd);
    await running.says(/no space is left/);
    await until(() => trainersIn(cwd).length === 0);
    running.kill('SIGINT');
    await running.says(/no new trials/);
    running.kill('SIGINT');
    const { code } = await running.ended;
    expect([1, 130]).toContain(code);
    rmSync(ballast);
    await hpo(cwd, 'optimize');
    expect((await trialsOf(cwd)).map(({ state, values }) => [state, values])).toEqual(
      [1, 2, 3, 4].map((x) => ['COMPLETE', [x]]),
    );
  });

  test('begins with a clear word where there is no space at all', async () => {
    const cwd = smallDisk(1);
    writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile() });
    fill(cwd);
    const { code, stderr } = await runHpo(['optimize'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error\[(storage\.full|disk\.full)\]: no space is left/);
    expect(stderr).toContain('fix: free some space');
    expect(stderr).not.toMatch(/\n +at /);
  });
});

test('a database that is damaged under a sweep: the trainers keep running, and the message says how to save it', async () => {
  const cwd = makeSweep({ trainer: 'ticks.sh', parameters: { x: [1, 2, 3, 4] } });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 1 started/);
  const file = join(cwd, 'storage/hpo.db');
  const other = new Database(file);
  // Everything lies in the file itself, then a page of it is lost.
  other.pragma('wal_checkpoint(TRUNCATE)');
  const page = other
    .prepare("SELECT rootpage FROM sqlite_master WHERE name = 'trials'")
    .pluck()
    .get() as number;
  const to = openSync(file, 'r+');
  writeSync(to, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
  closeSync(to);
  // What hpo has read before is read again when someone else has written.
  other.exec("INSERT INTO studies (study_name) VALUES ('other')");
  other.close();
  const { code, stderr } = await running.ended;
  expect(code).toBe(1);
  expect(trainersIn(cwd).length).toBeGreaterThan(0);
  writeFiles(cwd, { go: '' });
  expect(stderr).toMatch(/error\[storage\.corrupt\]: the database .* is damaged/);
  expect(stderr).toContain('.recover');
  expect(stderr).not.toMatch(/\n +at /);
  // Nobody stopped them.
  await until(() => ['end 0', 'end 1'].every((end) => linesOf(cwd, 'events').includes(end)));
  const check = await runHpo(['study', 'check'], { cwd });
  expect(check).toMatchObject({ code: 1, stderr: expect.stringContaining('error[storage.corrupt]') });
});

test('hpo storage check reads all of a database, also by its old name', async () => {
  const cwd = makeSweep({ parameters: { x: [1] } });
  await hpo(cwd, 'optimize');
  expect(await hpo(cwd, 'storage', 'check')).toBe('sqlite:storage/hpo.db is whole\n');
  expect(JSON.parse(await hpo(cwd, 'study', 'check', '--json'))).toMatchObject({ whole: true, found: [] });
});
