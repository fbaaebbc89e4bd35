import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { writeCsv } from '../../../src/loggers/csv/file.js';
import type { CsvSource } from '../../../src/loggers/csv/source.js';
import { describeOnSmallDisk, fill, smallDisk } from '../../support/tmpfs.js';
import { row, source, temporaryFolder } from '../support.js';

const read = (file: string) => parse(readFileSync(file, 'utf8'), { relax_column_count: true });
const column = (file: string, name: string) => {
  const [names, ...rows] = read(file);
  return rows.map((cells) => cells[names?.indexOf(name) ?? -1]);
};

describe('writing runs.csv', () => {
  test('writes the header and every page, in folders that it makes', async () => {
    const file = join(temporaryFolder(), 'a', 'b', 'runs.csv');
    expect(await writeCsv(file, source('demo', [row(0), row(1), row(2)]))).toBeNull();
    expect(column(file, 'trial')).toEqual(['0', '1', '2']);
    expect(readFileSync(file, 'utf8')).toMatch(/^study,trial,.*,reason\r\ndemo,0,.*\r\n$/s);
    expect(readdirSync(join(file, '..'))).toEqual(['runs.csv']);
  });

  test('writes the same bytes from the same rows', async () => {
    const folder = temporaryFolder();
    const rows = [row(0), row(1, { reason: 'exit code 1\n"x", y' })];
    await writeCsv(join(folder, 'a.csv'), source('demo', rows));
    await writeCsv(join(folder, 'b.csv'), source('demo', rows));
    expect(readFileSync(join(folder, 'a.csv'))).toEqual(readFileSync(join(folder, 'b.csv')));
    expect(column(join(folder, 'a.csv'), 'reason')).toEqual(['', 'exit code 1\n"x", y']);
  });

  test('a reader sees the old table until the new one is whole', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'runs.csv');
    await writeCsv(file, source('demo', [row(0)]));
    const seen: (string | undefined)[][] = [];
    const slow: CsvSource = {
      ...source('demo', []),
      async *pages() {
        for (const number of [5, 6]) {
          seen.push(column(file, 'trial'));
          yield [row(number)];
        }
      },
    };
    await writeCsv(file, slow);
    expect(seen).toEqual([['0'], ['0']]);
    expect(column(file, 'trial')).toEqual(['5', '6']);
  });

  test('a source that fails leaves the old table and no other file', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'runs.csv');
    await writeCsv(file, source('demo', [row(0)]));
    const failing: CsvSource = {
      ...source('demo', []),
      async *pages() {
        yield [row(1)];
        throw new Error('the database is gone');
      },
    };
    await expect(writeCsv(file, failing)).rejects.toThrow('the database is gone');
    expect(column(file, 'trial')).toEqual(['0']);
    expect(readdirSync(folder)).toEqual(['runs.csv']);
  });

  test('knows its own table by its first row, however long the header is', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'runs.csv');
    const metrics = Array.from({ length: 60_000 }, (_, k) => `a.metric.of.many.${k}`);
    const wide: CsvSource = { ...source('demo', [row(0)]), columns: async () => ({ params: [], metrics }) };
    expect(await writeCsv(file, wide)).toBeNull();
    expect(await writeCsv(file, wide)).toBeNull();
    expect(readdirSync(folder)).toEqual(['runs.csv']);
    expect(await writeCsv(file, source('other', [row(0)]))).toBe(join(folder, 'runs.demo.csv'));
  });

  test('keeps the table of another study in the way, the newest one of it', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'runs.csv');
    await writeCsv(file, source('first', [row(0)]));
    expect(await writeCsv(file, source('second', [row(1)]))).toBe(join(folder, 'runs.first.csv'));
    expect(await writeCsv(file, source('first', [row(0), row(2)]))).toBe(join(folder, 'runs.second.csv'));
    expect(await writeCsv(file, source('second', [row(1)]))).toBe(join(folder, 'runs.first.csv'));
    expect(column(join(folder, 'runs.first.csv'), 'trial')).toEqual(['0', '2']);
    expect(column(file, 'study')).toEqual(['second']);
    expect(readdirSync(folder).sort()).toEqual(['runs.csv', 'runs.first.csv', 'runs.second.csv']);
  });

  test.each([
    ['in its first row', (text: string) => text.slice(0, text.indexOf('demo') + 2)],
    ['in a quoted cell of its first row', (text: string) => text.slice(0, text.indexOf('"') + 3)],
  ])('loses no table that is torn %s', async (_, tear) => {
    const folder = temporaryFolder();
    const file = join(folder, 'runs.csv');
    await writeCsv(file, source('demo', [row(0, { reason: 'a "quoted" one' })]));
    writeFileSync(file, tear(readFileSync(file, 'utf8')));
    await writeCsv(file, source('demo', [row(1)]));
    expect(column(file, 'trial')).toEqual(['1']);
  });

  test("a study's name is never a path", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'in'));
    const file = join(folder, 'in', 'runs.csv');
    await writeCsv(file, source('../../x/é "y"', [row(0)]));
    expect(await writeCsv(file, source('demo', [row(0)]))).toBe(join(folder, 'in', 'runs..._.._x____y_.csv'));
    expect(readdirSync(folder)).toEqual(['in']);
  });

  test('never loses a file that is not ours', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'runs.csv');
    for (const [k, name] of ['runs.other.csv', 'runs.other-2.csv'].entries()) {
      writeFileSync(file, `my notes ${k}`);
      expect(await writeCsv(file, source('demo', [row(0)]))).toBe(join(folder, name));
      expect(readFileSync(join(folder, name), 'utf8')).toBe(`my notes ${k}`);
    }
  });

  test('takes the place of an empty file and of a table without rows', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'runs.csv');
    writeFileSync(file, '');
    expect(await writeCsv(file, source('first', []))).toBeNull();
    expect(await writeCsv(file, source('second', [row(0)]))).toBeNull();
    expect(readdirSync(folder)).toEqual(['runs.csv']);
  });

  test('a place that cannot be written is a mistake in usage', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'folder.csv'));
    for (const place of [join(folder, 'file', 'runs.csv'), join(folder, 'folder.csv')])
      await expect(writeCsv(place, source('demo', [row(0)]))).rejects.toMatchObject({
        code: 'csv.not-writable',
        usage: true,
        message: expect.stringContaining(place) as string,
      });
    expect(readdirSync(folder).sort()).toEqual(['file', 'folder.csv']);
  });
});

describeOnSmallDisk('on a disk that fills up', () => {
  test('the old table stays whole, wherever the new one breaks off, and no other file is left', async () => {
    const folder = smallDisk(1);
    const file = join(folder, 'runs.csv');
    await writeCsv(file, source('demo', [row(0)]));
    const old = readFileSync(file, 'utf8');
    const rows = Array.from({ length: 200 }, (_, k) => row(k, { reason: 'because '.repeat(10) }));
    // Free pages from none to nearly enough: some break off at the header, some in the middle of the rows.
    for (const left of [0, 4096, 8192, 16_384]) {
      const ballast = fill(folder, left);
      await expect(writeCsv(file, source('demo', rows))).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(readFileSync(file, 'utf8')).toBe(old);
      rmSync(ballast);
      expect(readdirSync(folder)).toEqual(['runs.csv']);
    }
    await writeCsv(file, source('demo', rows));
    expect(column(file, 'trial')).toHaveLength(200);
  });

  test('a table whose last page finds no room is not taken for a whole one', async () => {
    const folder = smallDisk(1);
    const file = join(folder, 'runs.csv');
    const ballast = fill(folder, 4096);
    // One write, of which a part has room: the kernel writes that part and reports no error.
    const wide: CsvSource = {
      ...source('demo', []),
      async *pages() {
        yield [row(0, { reason: 'x'.repeat(6000) })];
      },
    };
    await expect(writeCsv(file, wide)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readdirSync(folder)).toEqual([ballast.slice(folder.length + 1)]);
  });
});

test('a safe table of a study with a strange name is known again as its own', async () => {
  const file = join(temporaryFolder(), 'runs.csv');
  const safe = { ...source('=study', [row(0, { params: { lr: '=1+1' } })]), escapeFormulas: true };
  expect(await writeCsv(file, safe)).toBeNull();
  expect(await writeCsv(file, safe)).toBeNull();
  expect(column(file, 'lr')).toEqual(["'=1+1"]);
  expect(column(file, 'study')).toEqual(["'=study"]);
});

test('a place that cannot be is refused at once', async () => {
  await expect(writeCsv('/proc/hpo/runs.csv', source('demo', []))).rejects.toMatchObject({
    code: 'csv.not-writable',
    usage: true,
  });
});
