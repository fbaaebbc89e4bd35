import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStorage } from '../../src/storage/open.js';
import { describeWithReal } from '../support/real-part.js';
import { uidOf } from './lookups.js';
import { ask, attemptOf, ending, folder, newStudy, opened } from './support.js';

test('a study in memory is always in its place, and there is nothing to save', async () => {
  const storage = await opened('memory:');
  expect(await storage.fileState()).toBe('in-place');
  expect(await storage.rescue()).toBeNull();
});

const file = (driver: string) => () => {
  const open = async () => {
    const path = join(await folder(), 'data/study.db');
    const storage = await opened(`sqlite:${path}`, driver);
    return { path, storage, study: await newStudy(storage) };
  };

  test('is in its place, however much is written', async () => {
    const { storage, study } = await open();
    await ask(storage, study.id, { lr: 0.1 });
    expect(await storage.fileState()).toBe('in-place');
  });

  test('that was deleted is gone, and its copy holds all that was committed before and after', async () => {
    const { path, storage, study } = await open();
    const before = await ask(storage, study.id, { lr: 0.1 });
    await storage.finish(before.trial.id, attemptOf(before), ending());
    rmSync(dirname(path), { recursive: true });
    expect(await storage.fileState()).toBe('gone');
    const after = await ask(storage, study.id, { lr: 0.2 });
    await storage.finish(after.trial.id, attemptOf(after), ending());
    const copies = [await storage.rescue(), await storage.rescue()] as [string, string];
    expect(new Set(copies.map(dirname))).toEqual(new Set([dirname(path)]));
    expect(copies[0]).toMatch(/\/study\.rescued-\d{8}-\d{6}\.db$/);
    expect(new Set(copies).size).toBe(2);
    for (const copy of copies) {
      const saved = await opened(`sqlite:${copy}`);
      expect((await saved.rows(study.id, 0, 10)).map(({ state }) => state)).toEqual(['complete', 'complete']);
      expect(await uidOf(saved, study.id)).toBe(await uidOf(storage, study.id));
      // It takes up where the file was left: ids are not given out twice.
      expect((await ask(saved, study.id, { lr: 0.3 })).trial.number).toBe(2);
    }
  });

  test('that was replaced has its log removed, which SQLite would write into the other one', async () => {
    const { path, storage } = await open();
    const other = join(await folder(), 'other.db');
    const fresh = await openStorage(`sqlite:${other}`);
    await newStudy(fresh, 'of the other');
    await fresh.close();
    renameSync(other, path);
    expect(readdirSync(dirname(path))).toContain('study.db-wal');
    const copy = (await storage.rescue()) as string;
    expect(readdirSync(dirname(path)).sort()).toEqual(['study.db', basename(copy)].sort());
    const again = await openStorage(`sqlite:${path}`);
    expect((await again.listStudies()).map(({ name }) => name)).toEqual(['of the other']);
    await again.close();
    await storage.close();
  });

  test('that was replaced leaves the files of the other one alone when it is closed', async () => {
    const { path, storage } = await open();
    const other = join(await folder(), 'other.db');
    const fresh = await openStorage(`sqlite:${other}`);
    await newStudy(fresh, 'of the other');
    for (const suffix of ['-wal', '-shm', '']) renameSync(other + suffix, path + suffix);
    expect(await storage.fileState()).toBe('replaced');
    await storage.close();
    expect(readdirSync(dirname(path)).sort()).toEqual(['study.db', 'study.db-shm', 'study.db-wal']);
    const again = await openStorage(`sqlite:${path}`);
    expect(await again.findStudy('of the other')).not.toBeNull();
    await again.close();
    await fresh.close();
  });

  test('whose folder cannot be made again has its copy in the current folder', async () => {
    const { path, storage } = await open();
    rmSync(dirname(path), { recursive: true });
    writeFileSync(dirname(path), 'in the way');
    const copy = (await storage.rescue()) as string;
    expect(dirname(copy)).toBe(process.cwd());
    rmSync(copy);
  });
};

describe('a file over better-sqlite3', file('better-sqlite3'));
describeWithReal('node:sqlite', 'a file over node:sqlite', file('node-sqlite'));
