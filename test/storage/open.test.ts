import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { loadBetterSqlite3 } from '../../src/storage/drivers/better-sqlite3.js';
import type { Connect } from '../../src/storage/drivers/driver.js';
import { loadDriver } from '../../src/storage/drivers/load-driver.js';
import { loadNodeSqlite } from '../../src/storage/drivers/node-sqlite.js';
import { openStorage, prepareDriver } from '../../src/storage/open.js';
import { runOperation } from '../../src/storage/runner.js';
import { sql } from '../../src/storage/statement.js';
import { parseStorageUrl } from '../../src/storage/url.js';
import { programOf } from '../support/program.js';
import { describeWithReal } from '../support/real-part.js';
import { ask, folder, newStudy, opened } from './support.js';

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe('storage URLs', () => {
  test('name a file as we and as Optuna write it', () => {
    expect(parseStorageUrl('memory:')).toBe(':memory:');
    expect(parseStorageUrl('sqlite:a/b.db', '/home')).toBe('/home/a/b.db');
    expect(parseStorageUrl('sqlite:/a/b.db', '/home')).toBe('/a/b.db');
    expect(parseStorageUrl('sqlite:///a/b.db', '/home')).toBe('/home/a/b.db');
    expect(parseStorageUrl('sqlite:////a/b.db', '/home')).toBe('/a/b.db');
  });

  test('may be a bare path with an ending of databases', () => {
    expect(parseStorageUrl('b.db', '/home')).toBe('/home/b.db');
    expect(parseStorageUrl('../a/b.sqlite', '/home')).toBe('/a/b.sqlite');
    expect(parseStorageUrl('/a/b.sqlite3', '/home')).toBe('/a/b.sqlite3');
  });

  test.each([
    '',
    'a',
    '.db',
    'http:a.db',
    'sqlite:',
    'sqlite://',
    'sqlite://a.db',
    'sqlite:///',
    'sqlite://///a',
    'sqlite::memory:',
    'sqlite:a?timeout=1',
    'postgresql://localhost/a',
    'memory:a',
    'sqlite:a\0b',
  ])('%j is refused with the forms that work', (url) => {
    expect(() => parseStorageUrl(url)).toThrowError(
      expect.objectContaining({
        code: 'storage.bad-url',
        usage: true,
        fix: expect.stringContaining('sqlite:FILE'),
      }),
    );
  });
});

describe('opening', () => {
  test('makes the folder and the file, unless it must exist', async () => {
    const path = join(await folder(), 'new', 'folder', 'study.db');
    const refused = openStorage(`sqlite:${path}`, { create: false });
    await expect(refused).rejects.toMatchObject({ code: 'storage.not-found', usage: true });
    expect(await exists(path)).toBe(false);
    await (await opened(`sqlite:${path}`)).close();
    expect(await exists(path)).toBe(true);
    expect(await (await openStorage(`sqlite:///${path}`, { create: false })).close()).toBeUndefined();
  });

  test('what was written is there after closing, in one plain file without WAL', async () => {
    const path = join(await folder(), 'study.db');
    const first = await opened(`sqlite:${path}`);
    const second = await opened(`sqlite:${path}`);
    const study = await newStudy(first);
    await ask(second, study.id, { lr: 0.1 });
    await first.close();
    expect(await exists(`${path}-wal`)).toBe(true);
    await second.close();
    expect(await exists(`${path}-wal`)).toBe(false);
    // Bytes 18 and 19 of the header: 1 is a rollback journal, 2 is WAL.
    expect([...(await readFile(path)).subarray(18, 20)]).toEqual([1, 1]);
    const again = await opened(`sqlite:${path}`);
    expect(await again.findStudy('study')).toEqual(study);
    expect(await again.rows(study.id, 0, 10)).toHaveLength(1);
  });

  test('two at once may create the same file', async () => {
    const url = `sqlite:${join(await folder(), 'study.db')}`;
    const storages = await Promise.all([1, 2, 3, 4].map(() => opened(url)));
    for (const [i, storage] of storages.entries()) await newStudy(storage, `study ${i}`);
    expect(await storages[0]?.listStudies()).toHaveLength(4);
  });

  test('a file of another kind is refused and left as it was', async () => {
    const dir = await folder();
    const path = join(dir, 'notes.db');
    const notes = 'These are notes, and by no means a database.\n'.repeat(50);
    await writeFile(path, notes);
    await expect(openStorage(`sqlite:${path}`)).rejects.toMatchObject({
      code: 'storage.not-a-database',
      usage: true,
    });
    expect(await readFile(path, 'utf8')).toBe(notes);
    await mkdir(join(dir, 'folder.db'));
    await expect(openStorage(`sqlite:${dir}/folder.db`)).rejects.toMatchObject({
      code: 'storage.cannot-open',
    });
    await expect(openStorage(`sqlite:${path}/below.db`)).rejects.toMatchObject({
      code: 'storage.cannot-open',
    });
  });

  test("another program's database, another revision of Optuna's and a newer hpo's are distinguished", async () => {
    const path = join(await folder(), 'study.db');
    const change = (statement: string) => {
      const database = new Database(path);
      database.exec(statement);
      database.close();
    };
    change('CREATE TABLE mails (id INTEGER)');
    const before = await readFile(path);
    await expect(openStorage(`sqlite:${path}`)).rejects.toMatchObject({ code: 'storage.foreign-database' });
    expect((await readFile(path)).equals(before)).toBe(true);
    change('DROP TABLE mails');
    await (await opened(`sqlite:${path}`)).close();
    change('INSERT INTO hpo_version VALUES (1000)');
    await expect(openStorage(`sqlite:${path}`)).rejects.toMatchObject({ code: 'storage.newer-schema' });
    change("UPDATE alembic_version SET version_num = 'v2.6.0.a'");
    await expect(openStorage(`sqlite:${path}`)).rejects.toMatchObject({
      code: 'storage.optuna-revision',
      fix: expect.stringContaining('optuna storage upgrade'),
    });
  });

  test('a driver that is unknown or does not load is named with a way out', async () => {
    await expect(loadDriver('oracle')).rejects.toMatchObject({ code: 'storage.unknown-driver', usage: true });
    const url = `sqlite:${join(await folder(), 'study.db')}`;
    await expect(opened(url, 'oracle')).rejects.toMatchObject({ code: 'storage.unknown-driver' });
    expect((await loadDriver(undefined))(':memory:').name).toMatch(/^(better-sqlite3|node-sqlite)$/);
  });
});

describe('every connection', () => {
  const durable = async (load: () => Promise<Connect>) => {
    const path = join(await folder(), 'study.db');
    // The second one finds the tables made already.
    for (let i = 0; i < 2; i++) {
      const driver = (await load())(path);
      await prepareDriver(driver, path, `sqlite:${path}`);
      expect(driver.all('PRAGMA synchronous', [])).toEqual([{ synchronous: 2 }]);
      expect(driver.all('PRAGMA journal_mode', [])).toEqual([{ journal_mode: 'wal' }]);
      expect(driver.all('PRAGMA foreign_keys', [])).toEqual([{ foreign_keys: 1 }]);
      driver.close();
    }
  };
  test('waits for the disk at each commit, over better-sqlite3', () => durable(loadBetterSqlite3));
  describeWithReal('node:sqlite', 'of node:sqlite', () => {
    test('waits for the disk at each commit', () => durable(loadNodeSqlite));
  });
});

describe('places that hold no database', () => {
  test.each([
    ['a FIFO', (path: string) => spawnSync('mkfifo', [path])],
    ['a socket or device', (path: string) => symlinkSync('/dev/zero', path)],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
  ])('%s is refused at once', async (_, make) => {
    const path = join(await folder(), 'study.db');
    make(path);
    await expect(openStorage(`sqlite:${path}`)).rejects.toMatchObject({
      code: 'storage.cannot-open',
      usage: true,
    });
  });

  test('a folder that nobody can write is refused', async () => {
    await expect(openStorage('sqlite:/proc/hpo/study.db')).rejects.toMatchObject({
      code: 'storage.cannot-open',
      usage: true,
    });
  });
});

describe('a database that another process has locked', () => {
  test('is waited for without stopping the event loop, then written', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const holder = new Database(path);
    holder.exec('BEGIN IMMEDIATE');
    const creating = newStudy(storage);
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
      if (turns === 10) holder.exec('COMMIT');
    }, 5);
    await creating;
    clearInterval(ticking);
    holder.close();
    expect(turns).toBeGreaterThanOrEqual(10);
    expect(await storage.findStudy('study')).not.toBeNull();
  });

  test('is given up with a clear word when the patience is over, and nothing is half done', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const holder = new Database(path);
    holder.exec('BEGIN IMMEDIATE');
    const driver = (await loadBetterSqlite3())(path);
    function* insert() {
      yield sql("INSERT INTO studies (study_name) VALUES ('late')");
    }
    const attempt = runOperation(driver, 'write', insert, 'the file', 50);
    await expect(attempt).rejects.toMatchObject({ code: 'storage.busy', usage: false });
    holder.exec('COMMIT');
    holder.close();
    driver.close();
    expect(await storage.findStudy('late')).toBeNull();
  });

  test('survives a writer that is killed in the middle of a transaction', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    await newStudy(storage, 'before');
    const fixture = programOf(new URL('./fixtures/hang-in-transaction.ts', import.meta.url));
    const child = spawn(process.execPath, [fixture, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((done) => child.once('exit', (_, signal) => done(signal)));
    await new Promise((done) => child.stdout.once('data', done));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    await newStudy(storage, 'after');
    expect((await storage.listStudies()).map((study) => study.name)).toEqual(['before', 'after']);
  });
});
