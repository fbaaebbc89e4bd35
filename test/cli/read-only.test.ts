import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OPTUNA_SCHEMA } from '../../src/storage/migrations/optuna-schema.js';
import { hpo, makeProject, sweepFile } from '../support/cli.js';
import { canMount } from '../support/tmpfs.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const STRANGER = 65534;
const isRoot = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;

/** Runs hpo as another user, in a folder of that user's. */
function asStranger(cwd: string, ...args: readonly string[]) {
  const home = join(cwd, 'stranger');
  mkdirSync(home, { recursive: true });
  chownSync(home, STRANGER, STRANGER);
  const as = [`--reuid=${STRANGER}`, `--regid=${STRANGER}`, '--clear-groups'];
  const { status, stdout, stderr } = spawnSync('setpriv', [...as, process.execPath, MAIN, ...args], {
    cwd: home,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, TERM: 'dumb' },
  });
  return { code: status, stdout, stderr, left: readdirSync(home) };
}

/** A project whose database holds a finished study, open to all for reading alone. */
async function finished(): Promise<{ cwd: string; storage: string; file: string; url: string }> {
  const cwd = makeProject({ 'cfg/sweep.yaml': sweepFile() });
  await hpo(cwd, 'optimize');
  const storage = join(cwd, 'storage');
  const file = join(storage, 'hpo.db');
  for (const folder of [cwd, storage]) chmodSync(folder, 0o755);
  chmodSync(file, 0o644);
  return { cwd, storage, file, url: `sqlite:${file}` };
}

/** Opens a file as a sweep does, and leaves a commit in its log. */
function writeMeanwhile(file: string): Database.Database {
  const database = new Database(file);
  onTestFinished(() => {
    database.close();
  });
  database.pragma('journal_mode = WAL');
  database.prepare("UPDATE hpo_attempts SET device = 'new'").run();
  return database;
}

const said = ({ code, stdout, stderr }: ReturnType<typeof asStranger>) => ({ code, stderr, stdout });
const devices = (stdout: string) => (JSON.parse(stdout) as { device: string }[]).map(({ device }) => device);

describe.skipIf(!isRoot)('a database that may only be read', () => {
  test('is read by every command that writes nothing to it', async () => {
    const { cwd, file, url } = await finished();
    const before = readFileSync(file);
    for (const args of [
      ['trials'],
      ['trials', '--json'],
      ['best'],
      ['study', 'list'],
      ['study', 'show', 's'],
      ['study', 'check'],
      ['export-csv', '--out', 'table.csv'],
      ['importance'],
      ['optimize', '--dry-run', '--sweep', join(cwd, 'cfg/sweep.yaml')],
    ]) {
      const ran = asStranger(cwd, ...args, '--storage', url);
      expect([args.join(' '), ran.code, ran.stderr]).toEqual([args.join(' '), 0, '']);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(join(cwd, 'storage'))).toEqual(['hpo.db']);
    const refused = asStranger(cwd, 'study', 'delete', 's', '--yes', '--storage', url);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('storage.cannot-open') });
  });

  test('shows what a sweep has written that is still running', async () => {
    const { cwd, file, url } = await finished();
    writeMeanwhile(file);
    const ran = asStranger(cwd, 'trials', '--json', '--storage', url);
    expect(said(ran)).toMatchObject({ code: 0, stderr: '' });
    expect(devices(ran.stdout)).toEqual(['new', 'new', 'new']);
  });

  test.each([
    ['with its index', true],
    ['without its index', false],
  ])('shows what a killed sweep has left in the log, %s', async (_, withIndex) => {
    const { cwd, file, url, storage } = await finished();
    const copy = join(storage, 'copy.db');
    writeMeanwhile(file);
    for (const suffix of ['', '-wal', ...(withIndex ? ['-shm'] : [])])
      copyFileSync(file + suffix, copy + suffix);
    const before = readdirSync(storage);
    const ran = asStranger(cwd, 'trials', '--json', '--storage', url.replace('hpo.db', 'copy.db'));
    expect(said(ran)).toMatchObject({ code: 0, stderr: '' });
    expect(devices(ran.stdout)).toEqual(['new', 'new', 'new']);
    expect(ran.left).toEqual([]);
    expect(readdirSync(storage)).toEqual(before);
  });

  test('is read where its log is gone, and no file of the reader is left in a folder that is open to all', async () => {
    const { cwd, file, url, storage } = await finished();
    const database = writeMeanwhile(file);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    expect(readFileSync(file).subarray(18, 20)).toEqual(Buffer.from([2, 2]));
    chmodSync(storage, 0o777);
    const ran = asStranger(cwd, 'trials', '--json', '--storage', url);
    expect(said(ran)).toMatchObject({ code: 0, stderr: '' });
    expect(devices(ran.stdout)).toEqual(['new', 'new', 'new']);
    expect(readdirSync(storage)).toEqual(['hpo.db']);
    expect(ran.left).toEqual([]);
  });

  test('may be one of Optuna, or of an hpo that had fewer tables', async () => {
    const { cwd, storage } = await finished();
    const optuna = new Database(join(storage, 'optuna.db'));
    for (const statement of OPTUNA_SCHEMA) optuna.exec(statement);
    optuna.exec(`INSERT INTO studies VALUES (1, 'theirs');
      INSERT INTO study_directions (direction, study_id, objective) VALUES ('MINIMIZE', 1, 0)`);
    optuna.close();
    const list = () => said(asStranger(cwd, 'study', 'list', '--storage', `sqlite:${storage}/optuna.db`));
    expect(list()).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('theirs') });
    const early = new Database(join(storage, 'optuna.db'));
    early.exec('CREATE TABLE hpo_version (version INTEGER NOT NULL PRIMARY KEY)');
    early.exec('INSERT INTO hpo_version VALUES (0)');
    early.close();
    expect(list()).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('theirs') });
  });

  test('that may not even be read is refused in words', async () => {
    const { cwd, file, url } = await finished();
    chmodSync(file, 0o600);
    for (const args of [['trials'], ['study', 'check'], ['study', 'list']]) {
      const ran = asStranger(cwd, ...args, '--storage', url);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/^error\[storage\.cannot-read\]: expected a database that can be read at /);
    }
  });

  test.skipIf(!canMount())('on a disk that is mounted read-only is read by root too', async () => {
    const { cwd, storage, url } = await finished();
    const mounted = spawnSync('mount', ['--bind', '-o', 'ro', storage, storage]);
    onTestFinished(() => {
      spawnSync('umount', ['-l', storage]);
    });
    spawnSync('mount', ['-o', 'remount,bind,ro', storage]);
    if (mounted.status !== 0) throw new Error(mounted.stderr.toString());
    expect(() => rmSync(join(storage, 'hpo.db'))).toThrow('EROFS');
    for (const command of ['trials', 'best'])
      expect(await hpo(cwd, command, '--storage', url)).toMatch(/ x\b.*\n.*\b1\b/);
    expect(statSync(join(storage, 'hpo.db')).isFile()).toBe(true);
  });
});
