import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pgCtl, removePostgres, startPostgres, startStandby } from '../../scripts/real/postgres.mjs';
import {
  hpo,
  linesOf,
  makeSweep,
  type RunningHpo,
  runHere,
  spawnHpo,
  trainersIn,
  trialsOf,
  until,
} from '../support/cli.js';
import { inPostgres, newDatabase, postgresServer, urlOf } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';
import { describeOnSmallDisk, fill, smallDisk } from '../support/tmpfs.js';

const X = [1, 2, 3, 4, 5, 6];
const gates = () => makeSweep({ trainer: 'gate.sh', parameters: { x: X } });
const starts = (cwd: string) => linesOf(cwd, 'events').filter((line) => line.startsWith('start'));
const ends = (cwd: string) => linesOf(cwd, 'events').filter((line) => line.startsWith('end'));
const open = (cwd: string, ...trials: readonly number[]) => {
  for (const trial of trials) writeFileSync(join(cwd, `go-${trial}`), '');
};

/** A sweep on a database, of which two trials run. */
async function halfWay(cwd: string, url: string): Promise<RunningHpo> {
  const sweep = spawnHpo(['optimize', '--storage', url], { cwd });
  await sweep.says(/trial 1 started/);
  await until(() => starts(cwd).length === 2);
  return sweep;
}

/** Each trial has run once, and has the result of its x. */
async function expectWhole(cwd: string, url: string): Promise<void> {
  const trials = await trialsOf(cwd, '--storage', url);
  expect(trials.map(({ number, state, values, attempt }) => [number, state, values, attempt])).toEqual(
    X.map((x, k) => [k, 'COMPLETE', [x], 1]),
  );
  expect(starts(cwd).sort()).toEqual(X.map((_, k) => `start ${k}`));
}

/** Ends as a sweep does that nothing disturbed, but for two warnings. */
async function expectResumed(sweep: RunningHpo, what: RegExp, over: string): Promise<void> {
  const { code, stdout, stderr } = await sweep.ended;
  expect([code, stderr], stdout).toEqual([0, '']);
  const warnings = stdout.split('\n').filter((line) => line.startsWith('warning'));
  expect(warnings).toEqual([expect.stringMatching(what), `warning: ${over}: the sweep resumes`]);
}

/** Starts a server of this test alone, which may be stopped. */
async function ownServer() {
  const folder = mkdtempSync('/tmp/hpo-pg-');
  chmodSync(folder, 0o711);
  const server = await startPostgres(join(folder, 'server'));
  onTestFinished(async () => {
    await removePostgres(server.folder);
    rmSync(folder, { recursive: true, force: true });
  });
  return { ...server, beside: join(folder, 'beside') };
}

/** Ends all sessions of a database, so that the next ones begin as it is set now. */
async function setDatabase(name: string, setting: string): Promise<void> {
  // Two statements of one query are one transaction: a session that begins before its end is set as before.
  await inPostgres(`ALTER DATABASE ${name} ${setting}`);
  await inPostgres(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
}

describeWithReal('postgres', 'a sweep on a server', () => {
  test('that crashes and comes back continues, and has what its trainers said meanwhile', async () => {
    const server = await ownServer();
    const cwd = gates();
    const sweep = await halfWay(cwd, server.tcp);
    await pgCtl(server.folder, 'stop', { options: ['--mode=immediate'] });
    open(cwd, 0, 1);
    await until(() => ends(cwd).length === 2);
    expect(starts(cwd)).toHaveLength(2);
    await pgCtl(server.folder, 'start');
    open(cwd, 2, 3, 4, 5);
    const { code, stdout, stderr } = await sweep.ended;
    expect([code, stderr], stdout).toEqual([0, '']);
    await expectWhole(cwd, server.tcp);
  });

  test('that is lost continues on the standby that takes its place; before that, the standby is read', async () => {
    const server = await ownServer();
    const standby = await startStandby(server, server.beside);
    onTestFinished(() => removePostgres(standby.folder));
    // What was committed is on both.
    for (const setting of ["synchronous_standby_names = '*'", "synchronous_commit = 'remote_apply'"])
      await inPostgres(`ALTER SYSTEM SET ${setting}`, server.url);
    await inPostgres('SELECT pg_reload_conf()', server.url);
    const urlBeside = `postgresql://hpo@/hpo?host=${encodeURIComponent(standby.folder)}&port=${standby.port}`;
    const beside = server.tcp.replace(String(server.port), String(standby.port));
    const both = `${server.tcp.replace(/\/hpo$/, `,127.0.0.1:${standby.port}/hpo`)}?target_session_attrs=read-write`;
    const cwd = gates();
    const sweep = await halfWay(cwd, both);
    open(cwd, 0);
    await sweep.says(/trial 0 COMPLETE/);
    expect((await trialsOf(cwd, '--storage', beside)).slice(0, 2).map(({ state }) => state)).toEqual([
      'COMPLETE',
      'RUNNING',
    ]);
    for (const args of [['show', '0'], ['best'], ['study', 'list'], ['export-csv', '--out', '-']])
      await hpo(cwd, ...args, '--storage', beside);
    expect(await runHere(['optimize', '--storage', beside], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error[storage.read-only]'),
    });
    await pgCtl(server.folder, 'stop', { options: ['--mode=immediate'] });
    await pgCtl(standby.folder, 'promote');
    // Nobody follows it, so that nobody is waited for.
    await inPostgres('ALTER SYSTEM RESET ALL', urlBeside);
    await inPostgres('SELECT pg_reload_conf()', urlBeside);
    open(cwd, 1, 2, 3, 4, 5);
    const { code, stdout, stderr } = await sweep.ended;
    expect([code, stderr], stdout).toEqual([0, '']);
    await expectWhole(cwd, beside);
  });

  test('that begins to refuse writes waits, says so once, and continues when it accepts them', async () => {
    const name = await newDatabase();
    const url = urlOf((await postgresServer()).url, name);
    const cwd = gates();
    const sweep = await halfWay(cwd, url);
    await setDatabase(name, 'SET default_transaction_read_only = on');
    open(cwd, 0, 1);
    await sweep.says(/no trial is started until it accepts writes again/);
    await until(() => ends(cwd).length === 2);
    expect(starts(cwd)).toHaveLength(2);
    await setDatabase(name, 'RESET default_transaction_read_only');
    open(cwd, 2, 3, 4, 5);
    await expectResumed(sweep, /expected a server that accepts writes/, 'the database accepts writes again');
    await expectWhole(cwd, url);
  });

  test('that no longer accepts the password ends, leaves its trainers running, and resumes with the right one', async () => {
    const { url, tcp } = await postgresServer();
    const name = await newDatabase();
    const role = `worker_${process.pid}_${Date.now()}`;
    await inPostgres(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD 'first'`);
    onTestFinished(async () => {
      await inPostgres(`DROP OWNED BY ${role}; DROP ROLE ${role}`, urlOf(url, name));
    });
    const as = (password: string) => urlOf(tcp, name).replace(/hpo:\w+@/, `${role}:${password}@`);
    const cwd = gates();
    const sweep = await halfWay(cwd, as('first'));
    await inPostgres(`ALTER ROLE ${role} PASSWORD 'second'`);
    await setDatabase(name, 'RESET ALL');
    open(cwd, 0);
    const { code, stderr } = await sweep.ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error\[storage\.login\].*password authentication failed/),
    ]);
    expect(stderr).not.toMatch(/first|second/);
    expect(trainersIn(cwd)).not.toEqual([]);
    open(cwd, 1, 2, 3, 4, 5);
    expect((await runHere(['optimize', '--storage', as('second')], { cwd })).code).toBe(0);
    await expectWhole(cwd, as('second'));
  });
});

describeOnSmallDisk('a server whose disk is full', () => {
  describeWithReal('postgres', 'under a sweep', () => {
    test('waits, says so once, and continues when there is space', async () => {
      const disk = smallDisk(14);
      if (process.getuid?.() === 0) spawnSync('chown', ['postgres', disk]);
      const space = `space_${process.pid}_${Date.now()}`;
      await inPostgres(`CREATE TABLESPACE ${space} LOCATION '${disk}'`);
      onTestFinished(async () => {
        await inPostgres(`DROP TABLESPACE ${space}`);
      });
      const name = await newDatabase();
      await inPostgres(`ALTER DATABASE ${name} SET TABLESPACE ${space}`);
      const url = urlOf((await postgresServer()).url, name);
      const epochs = 1500;
      const script = `for k in $(seq ${epochs}); do echo METRIC epoch=$k loss=$k; done; sleep 0.1`;
      const cwd = makeSweep({ trainer: { command: ['sh', '-c', script] }, parameters: { x: X } });
      const sweep = spawnHpo(['optimize', '--storage', url], { cwd });
      await sweep.says(/trial 1 COMPLETE/);
      const ballast = fill(disk);
      await sweep.says(/no space is left/);
      rmSync(ballast);
      await expectResumed(sweep, /no space is left for the database/, 'there is space again');
      const trials = await trialsOf(cwd, '--storage', url);
      expect(trials.map(({ state, epochs: told, values }) => [state, told, values])).toEqual(
        X.map(() => ['COMPLETE', epochs, [epochs]]),
      );
    });
  });
});
