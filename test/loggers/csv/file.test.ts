import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CsvSource, writeCsv } from '../../../src/loggers/csv/file.js';
import { parseRecords } from '../../../src/loggers/csv/format.js';
import { row, source, temporaryFolder } from '../support.js';

const read = (file: string) => parseRecords(readFileSync(file, 'utf8'), 1000);
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
