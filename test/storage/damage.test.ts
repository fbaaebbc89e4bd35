import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { HpoError } from '../../src/core/errors.js';
import { checkStorage, openStorage } from '../../src/storage/open.js';
import { databaseFailure } from '../../src/storage/sqlite-errors.js';
import { describeWithReal } from '../support/real-part.js';
import { describeOnSmallDisk, fill, smallDisk } from '../support/tmpfs.js';
import { ask, ending, folder, newStudy, opened } from './support.js';

const PAGE = 4096;

/** A file with a study of finished trials, closed; what it held is there to compare. */
async function finished(trials = 40): Promise<string> {
  const path = join(await folder(), 'study.db');
  const storage = await opened(`sqlite:${path}`);
  const study = await newStudy(storage);
  for (let i = 1; i <= trials; i++) {
    const asked = await ask(storage, study.id, { lr: i / trials });
    await storage.finish(asked.trial.id, asked.attempt?.id ?? null, ending({ values: [i] }));
  }
  await storage.close();
  return path;
}

/** Overwrites pages, counted from 1. */
function overwrite(path: string, page: number, byte: number, pages = 1): void {
  const to = openSync(path, 'r+');
  writeSync(to, Buffer.alloc(PAGE * pages, byte), 0, PAGE * pages, (page - 1) * PAGE);
  closeSync(to);
}

/** The first page of a table's tree. */
function rootPage(path: string, table: string): number {
  const database = new Database(path, { readonly: true });
  const row = database.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').get(table);
  database.close();
  return (row as { rootpage: number }).rootpage;
}

async function refusal(url: string): Promise<HpoError> {
  const error = await openStorage(url).then(
    (storage) => storage.close().then(() => 'it opened'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof HpoError)) throw new Error(`expected a refusal, got ${error}`);
  return error;
}

describe('a damaged database', () => {
  test.each([
    [
      'cut in the middle',
      (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2 / PAGE) * PAGE),
    ],
    ['cut within its first page', (path: string) => truncateSync(path, 1000)],
    ['with a page of zeros', (path: string) => overwrite(path, rootPage(path, 'trials'), 0)],
    ['with a page of noise', (path: string) => overwrite(path, rootPage(path, 'hpo_metrics'), 0xa5)],
    ['whose first page was lost', (path: string) => overwrite(path, 1, 0)],
    [
      'emptied while its log was full',
      (path: string) => {
        writeFileSync(path, '');
        writeFileSync(`${path}-wal`, 'what was told last');
      },
    ],
  ])('%s is found at opening, left as it is, and told with a way out', async (_, damage) => {
    const path = await finished();
    damage(path);
    const before = readFileSync(path);
    const error = await refusal(`sqlite:${path}`);
    expect(error).toMatchObject({ code: 'storage.corrupt', usage: false });
    expect(error.message).toContain(`the database ${path} is damaged: `);
    expect(error.fix).toContain(`cp ${path}* `);
    expect(error.fix).toContain(`sqlite3 ${path} .recover`);
    expect(error.fix).toContain(`--storage sqlite:${dirname(path)}/recovered-study.db`);
    expect(readFileSync(path).equals(before)).toBe(true);
    const found = checkStorage(`sqlite:${path}`).catch((reason: HpoError) => [reason.code]);
    expect(await found).not.toEqual([]);
  });

  test('that is whole is opened, and nothing is wrong with it', async () => {
    const path = await finished(3);
    expect(await checkStorage(`sqlite:${path}`)).toEqual([]);
    await (await opened(`sqlite:${path}`)).close();
  });

  test('found during work is reported in the same words, and a page that was never read does not matter', async () => {
    const path = await finished();
    const storage = await opened(`sqlite:${path}`);
    const [study] = await storage.listStudies();
    overwrite(path, rootPage(path, 'trials'), 0xa5);
    // Another connection has written: what this one has read before is read again.
    overwrite(path, rootPage(path, 'hpo_trials'), 0xa5);
    const other = new Database(path);
    other.exec("INSERT INTO studies (study_name) VALUES ('other')");
    other.close();
    await expect(storage.rows(study?.id ?? 0, 0, 100)).rejects.toMatchObject({
      code: 'storage.corrupt',
      fix: expect.stringContaining('.recover'),
    });
  });

  describeWithReal('sqlite3', 'with the shell of SQLite', () => {
    test('is saved by the commands that the message names', async () => {
      const path = await finished();
      overwrite(path, rootPage(path, 'hpo_attempts'), 0);
      const { fix = '' } = await refusal(`sqlite:${path}`);
      const commands = fix.split('\n').filter((line) => /^ +(mkdir|sqlite3) /.test(line));
      expect(commands).toHaveLength(2);
      const ran = spawnSync('/bin/sh', ['-c', commands.join('\n')], { encoding: 'utf8' });
      expect(readFileSync(join(dirname(path), 'rescue-study.db/study.db')).equals(readFileSync(path))).toBe(
        true,
      );
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      const url = /--storage (\S+)/.exec(fix)?.[1] ?? '';
      const storage = await opened(url);
      const study = await storage.findStudy('study');
      const rows = await storage.rows(study?.id ?? 0, 0, 100);
      expect(rows.map(({ state, values }) => [state, values?.[0]])).toEqual(
        [...Array(40).keys()].map((i) => ['complete', i + 1]),
      );
      // It is a database like any other: the next trial goes into it.
      expect((await ask(storage, study?.id ?? 0, { lr: 0.999 })).trial.number).toBe(40);
    });
  });

  test('of a copy that was made while a sweep wrote is found too', async () => {
    const path = await finished();
    const torn = `${path}.torn`;
    copyFileSync(path, torn);
    truncateSync(torn, statSync(path).size - PAGE);
    expect((await refusal(`sqlite:${torn}`)).code).toBe('storage.corrupt');
  });
});

describeOnSmallDisk('an error of input and output', () => {
  const cause = new Error('disk I/O error');
  test('is reported as a full disk where the disk is full, and as itself elsewhere', () => {
    const disk = smallDisk(1);
    const url = `sqlite:${disk}/study.db`;
    expect(databaseFailure('io', cause, url)).toMatchObject({ code: 'storage.failed', cause });
    const ballast = fill(disk);
    expect(databaseFailure('io', cause, url)).toMatchObject({ code: 'storage.full', cause });
    rmSync(ballast);
    expect(databaseFailure('io', cause, url).code).toBe('storage.failed');
    // Nothing is left of the looking.
    expect(readdirSync(disk)).toEqual([]);
  });
});
