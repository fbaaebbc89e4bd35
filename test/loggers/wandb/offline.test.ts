import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Journal } from '../../../src/loggers/runs/journal.js';
import { DeliveredRun } from '../../../src/loggers/runs/run.js';
import { followOffline, runFolder } from '../../../src/loggers/wandb/offline.js';
import { RecordLog } from '../../../src/loggers/wandb/record-log.js';
import { rowText } from '../../../src/loggers/wandb/rows.js';
import { endOf, type RunEnd } from '../../../src/loggers/wandb/run-end.js';
import type { RunMetadata } from '../../../src/loggers/wandb/run-metadata.js';
import { describeWithReal } from '../../support/real-part.js';
import { temporaryFolder } from '../support.js';
import { head, newJournal, readOffline } from './support.js';

const outcome = { state: 'pruned', values: [0.25], feasible: false, reason: 'too bad' } as const;
const end = (journal: Journal<RunMetadata, RunEnd>, metrics = new Map<string, number>()) =>
  journal.end(endOf(outcome, metrics, journal.head.startedAtMs, journal.head.startedAtMs + 61_500));
const row = (step: number, metrics: Record<string, number>) =>
  rowText(
    { step, atMs: head().startedAtMs + 1000 * step, metrics: new Map(Object.entries(metrics)) },
    head().startedAtMs,
  );
const fileOf = (folder: string) => join(runFolder(folder, head()), `run-${head().id}.wandb`);

test('the folder is named after the start and the run, and a run keeps its folder', () => {
  const folder = temporaryFolder();
  const at = new Date(2024, 0, 2, 3, 4, 5).getTime();
  expect(runFolder(folder, head({ startedAtMs: at }))).toBe(
    join(folder, 'wandb', `offline-run-20240102_030405-${head().id}`),
  );
  mkdirSync(join(folder, 'wandb', `offline-run-20230101_000000-${head().id}`), { recursive: true });
  expect(runFolder(folder, head({ startedAtMs: at }))).toBe(
    join(folder, 'wandb', `offline-run-20230101_000000-${head().id}`),
  );
});

describeWithReal('python', 'a reader written from the description of the format', () => {
  test('finds the run, its rows, its summary and its end', async () => {
    const folder = temporaryFolder();
    const journal = newJournal({
      entity: 'e',
      jobType: 'j',
      notes: 'ñ',
      tags: ['a', 'b'],
      config: { lr: 0.1, hpo: { trial: 3 } },
    });
    journal.row(0, row(0, { loss: 0.5, acc: Number.NaN }));
    journal.row(70_000, row(70_000, { loss: Number.NEGATIVE_INFINITY, 'a"b\\': -1.5e-300 }));
    end(
      journal,
      new Map([
        ['loss', 0.25],
        ['acc', Number.NaN],
      ]),
    );
    const started = head().startedAtMs / 1000;
    await followOffline(folder, new DeliveredRun(journal));
    expect(readOffline(fileOf(folder))).toEqual([
      { num: 1, kind: 'header' },
      {
        num: 2,
        kind: 'run',
        run_id: head().id,
        entity: 'e',
        project: 'p',
        run_group: 's',
        job_type: 'j',
        display_name: 's-3',
        notes: 'ñ',
        tags: ['a', 'b'],
        config: { lr: 0.1, hpo: { trial: 3 } },
        start_time: { 1: Math.floor(started), 2: 678_000_000 },
      },
      {
        num: 3,
        kind: 'history',
        step: 0,
        row: { loss: 0.5, acc: 'nan', _step: 0, _runtime: 0, _timestamp: started },
      },
      {
        num: 4,
        kind: 'history',
        step: 70_000,
        row: {
          loss: '-inf',
          'a"b\\': -1.5e-300,
          _step: 70_000,
          _runtime: 70_000,
          _timestamp: started + 70_000,
        },
      },
      {
        num: 5,
        kind: 'summary',
        summary: {
          loss: 0.25,
          acc: 'NaN',
          hpo_state: 'PRUNED',
          hpo_value: 0.25,
          hpo_feasible: false,
          hpo_reason: 'too bad',
          _runtime: 61.5,
          _wandb: { runtime: 62 },
        },
      },
      { num: 6, kind: 'exit', exit_code: 0, runtime: 62 },
      { num: 7, kind: 'final' },
    ]);
    // Nothing is owed any more.
    expect(existsSync(journal.file)).toBe(false);
  });

  test('finds every row of a long run, whole across the ends of blocks', async () => {
    const folder = temporaryFolder();
    const journal = newJournal();
    const wide = Object.fromEntries(Array.from({ length: 900 }, (_, k) => [`metric_${k}`, k / 7]));
    const rows = Array.from({ length: 3000 }, (_, k) => (k % 500 === 7 ? wide : { loss: 1 / (k + 1) }));
    for (const [k, metrics] of rows.entries()) journal.row(k, row(k, metrics));
    end(journal);
    await followOffline(folder, new DeliveredRun(journal));
    const found = readOffline(fileOf(folder)).filter(({ kind }) => kind === 'history');
    expect(found.map(({ step }) => step)).toEqual([...rows.keys()]);
    for (const [k, each] of found.entries()) expect(each.row).toMatchObject(rows[k] as object);
  });

  test('finds the rows of a run that was paused and continued, each step once, and its last end', async () => {
    const folder = temporaryFolder();
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, k) => [`metric_${k}`, k / 7]));
    const before = newJournal();
    for (const step of [0, 1, 2]) before.row(step, row(step, step === 1 ? wide : { loss: step }));
    end(before);
    await followOffline(folder, new DeliveredRun(before));
    writeFileSync(`${fileOf(folder)}.synced`, '');
    const more = newJournal({ id: 'ffff', attempt: 3, earlier: ['eeee', head().id], config: { lr: 9 } });
    for (const step of [2, 3]) more.row(step, row(step, { loss: 10 + step }));
    end(more, new Map([['loss', 13]]));
    const last = newJournal({ id: 'dddd', earlier: ['ffff', 'eeee', head().id], isEndOnly: true });
    end(last, new Map([['loss', 0.5]]));
    for (const journal of [more, last]) await followOffline(folder, new DeliveredRun(journal));
    const records = readOffline(fileOf(folder));
    expect(records.map(({ num }) => num)).toEqual([...records.keys()].map((k) => k + 1));
    expect(records.map(({ kind }) => kind).join(' ')).toBe(
      'header run history history history history summary exit final',
    );
    const rows = records.filter(({ kind }) => kind === 'history');
    expect(rows.map((each) => [each.step, each.row?.loss, each.row?._runtime])).toEqual([
      [0, 0, 0],
      [1, undefined, 1],
      [2, 2, 2],
      [3, 13, 5],
    ]);
    expect(rows[1]?.row).toMatchObject(wide);
    expect(records[6]?.summary).toMatchObject({ loss: 0.5, hpo_state: 'PRUNED', _runtime: 66.5 });
    expect(readdirSync(join(folder, 'wandb'))).toHaveLength(1);
    expect(readdirSync(runFolder(folder, head()))).toEqual([`run-${head().id}.wandb`]);
    expect([more, last].map(({ file }) => existsSync(file))).toEqual([false, false]);
  });

  test('finds records of any lengths: each byte, also where less than a head is left of a block', () => {
    const file = join(temporaryFolder(), 'log');
    const summary = (length: number) => {
      // Field 3 with one field 1 inside, which has a key of one letter and a text of so many.
      const text = Buffer.alloc(length, 'x');
      const value = Buffer.concat([varint((16 << 3) | 2), varint(text.length + 2), Buffer.from(`"${text}"`)]);
      const item = Buffer.concat([Buffer.from([0x0a, 1, 0x6b]), value]);
      const update = Buffer.concat([Buffer.from([0x0a]), varint(item.length), item]);
      return Buffer.concat([Buffer.from([0x08, 1, 0x1a]), varint(update.length), update]);
    };
    const length = fc.oneof(fc.nat(100), fc.nat(70_000), fc.integer({ min: 32_700, max: 32_780 }));
    fc.assert(
      fc.property(fc.array(length, { minLength: 1, maxLength: 6 }), (lengths) => {
        const log = new RecordLog();
        writeFileSync(
          file,
          Buffer.concat([log.start(), ...lengths.map((each) => log.record(summary(each)))]),
        );
        const found = readOffline(file).map((each) => String(each.summary?.k).length);
        expect(found).toEqual(lengths);
      }),
      { numRuns: 8 },
    );
    // Records that leave 0 to 8 bytes of the first block.
    for (let left = 0; left <= 8; left++) {
      const log = new RecordLog();
      const overhead = summary(32_000).length - 32_000 + 14;
      const data = [summary(32_768 - overhead - left), summary(3)];
      writeFileSync(file, Buffer.concat([log.start(), ...data.map((each) => log.record(each))]));
      expect(readOffline(file)).toHaveLength(2);
    }
  });
});

test('a run that has not ended leaves no file, and its journal for the next call', async () => {
  const folder = temporaryFolder();
  const journal = newJournal();
  journal.row(1, row(1, { loss: 1 }));
  const run = new DeliveredRun(journal);
  const following = followOffline(folder, run);
  run.close();
  await following;
  expect(readdirSync(folder)).toEqual([]);
  expect(existsSync(journal.file)).toBe(true);
});

test('where the file cannot be written nothing is left of it, and the journal stays', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'wandb'), 'in the way');
  const journal = newJournal();
  end(journal);
  await expect(followOffline(folder, new DeliveredRun(journal))).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect(existsSync(journal.file)).toBe(true);
});

function varint(value: number): Buffer {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}
