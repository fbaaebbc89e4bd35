import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Journal, JournalReader } from '../../../src/loggers/runs/journal.js';
import { JournalFolder } from '../../../src/loggers/runs/journal-folder.js';
import { livenessAs } from '../../support/liveness.js';
import { describeOnSmallDisk, fill, smallDisk } from '../../support/tmpfs.js';
import { temporaryFolder } from '../support.js';
import { head, newJournal } from '../wandb/support.js';

const END = { exitCode: 0, summary: '{}', runtimeS: 1, isPaused: false };

async function readAll(file: string, skip = 0) {
  const reader = new JournalReader(file, skip);
  const rows: string[] = [];
  for (;;) {
    const batch = await reader.next();
    rows.push(...batch.rows.map(({ row }) => row));
    if (batch.end || batch.rows.length === 0) return { rows, end: batch.end };
  }
}

test('what is written is read, from any row on', async () => {
  const journal = newJournal();
  const rows = Array.from({ length: 20_000 }, (_, k) => `{"loss":${k / 7},"x":"ü\\n"}`);
  for (const [k, row] of rows.entries()) journal.row(k, row);
  journal.end(END);
  expect(await readAll(journal.file)).toEqual({ rows, end: END });
  expect(await readAll(journal.file, 19_998)).toEqual({ rows: rows.slice(-2), end: END });
  const again = Journal.read(journal.file);
  expect(again).toMatchObject({ head: head(), rows: 20_000, lastStep: 19_999, ended: true });
});

test('a reader hands out what has come since, also of a line longer than it reads at once', async () => {
  const journal = newJournal();
  const reader = new JournalReader(journal.file);
  expect((await reader.next()).rows).toEqual([]);
  const long = 'x'.repeat(700_000);
  journal.row(1, long);
  expect((await reader.next()).rows).toEqual([{ step: 1, row: long }]);
  appendFileSync(journal.file, '{"step":2,"ro');
  expect((await reader.next()).rows).toEqual([]);
  appendFileSync(journal.file, 'w":"two"}\n');
  expect((await reader.next()).rows).toEqual([{ step: 2, row: 'two' }]);
});

test('cut anywhere by a loss of power, it continues with the rows that are whole', () => {
  const journal = newJournal();
  for (let k = 1; k <= 5; k++) journal.row(k, `{"k":${k}}`);
  const bytes = readFileSync(journal.file);
  fc.assert(
    fc.property(fc.nat(bytes.length), (length) => {
      writeFileSync(journal.file, bytes.subarray(0, length));
      const again = Journal.read(journal.file);
      const lines = bytes.subarray(0, length).toString().split('\n').length - 1;
      expect(again?.rows ?? null).toBe(lines === 0 ? null : lines - 1);
      if (lines === 0) return;
      again?.row(9, '{}');
      expect(Journal.read(journal.file)).toMatchObject({ rows: lines, lastStep: 9 });
    }),
  );
});

test('how much has arrived is remembered; nonsense in its place means nothing has', () => {
  const journal = newJournal();
  expect(journal.acknowledged()).toBe(0);
  journal.acknowledge(7);
  expect(Journal.read(journal.file)?.acknowledged()).toBe(7);
  for (const text of ['', 'x', '-1', '1.5', '1e999']) {
    writeFileSync(`${journal.file}.sent`, text);
    expect(journal.acknowledged()).toBe(0);
  }
  journal.remove();
  expect(readdirSync(dirname(journal.file))).toEqual([]);
  // Nothing is kept for a run that nobody wants.
  journal.row(1, '{}');
  expect(existsSync(journal.file)).toBe(false);
});

describeOnSmallDisk('on a disk that fills up', () => {
  test('rows wait in memory, are written when there is space, and none is torn or twice', async () => {
    const folder = smallDisk(1);
    const journal = Journal.begin(join(folder, 'j.jsonl'), head());
    const ballast = fill(folder, 4096);
    const reader = new JournalReader(journal.file);
    const rows = Array.from({ length: 300 }, (_, k) => `{"k":${k}}`);
    const read: string[] = [];
    const take = async () => read.push(...(await reader.next()).rows.map(({ row }) => row));
    for (const [k, row] of rows.entries()) {
      journal.row(k, row);
      await take();
    }
    expect(read.length).toBeLessThan(300);
    rmSync(ballast);
    journal.flush();
    await take();
    expect(read).toEqual(rows);
    expect(journal.dropped).toBe(0);
  });
});

/** As of one study: of another one it would be another text. */
const idOf = (trial: number, attempt: number) => `ab${trial}${attempt}`;
const folderOf = (root: string, owner: string, alive: readonly string[] = []) =>
  new JournalFolder(
    root,
    livenessAs(owner, (each) => (alive.includes(each) ? 'alive' : 'ended')),
    (id, ...run) => id === idOf(...run),
  );

test('what a dead orchestrator left is claimed once, and what a living one has stays with it', () => {
  const root = join(temporaryFolder(), '.wandb');
  const [dead, living] = [folderOf(root, 'b:1:10'), folderOf(root, 'b:2:20')];
  const left = dead.begin(head({ trial: 1, id: idOf(1, 1) }));
  left.row(4, '{}');
  left.acknowledge(1);
  const kept = living.begin(head({ trial: 2, id: idOf(2, 1) }));
  const alive = ['b:2:20', 'b:3:30', 'b:4:40'];
  const [third, fourth] = [folderOf(root, 'b:3:30', alive), folderOf(root, 'b:4:40', alive)];
  const claimed = third.claim();
  expect(claimed.map((each) => [each.head.trial, each.rows, each.lastStep, each.acknowledged()])).toEqual([
    [1, 1, 4, 1],
  ]);
  expect(existsSync(left.file)).toBe(false);
  expect(existsSync(kept.file)).toBe(true);
  expect([third.claim(), fourth.claim()]).toEqual([[], []]);
  // The second owner dies, and so does the one that had claimed.
  expect(
    folderOf(root, 'b:5:50', ['b:4:40'])
      .claim()
      .map((each) => each.head.trial)
      .sort(),
  ).toEqual([1, 2]);
});

test('what is claimed comes in the order of the attempts of a trial, whoever left it', () => {
  const root = join(temporaryFolder(), '.wandb');
  const runs = [
    ['b:1:10', 1, 2],
    ['b:1:10', 1, 1_000_000],
    ['b:1:10', 1, 10],
    ['b:2:20', 1, 1],
    ['b:2:20', 0, 3],
    ['b:2:20', 100_000, 1],
  ] as const;
  for (const [owner, trial, attempt] of runs)
    folderOf(root, owner).begin(head({ trial, attempt, id: idOf(trial, attempt) }));
  const claimed = folderOf(root, 'b:3:30').claim();
  expect(claimed.map(({ head: { trial, attempt } }) => [trial, attempt])).toEqual([
    [0, 3],
    [1, 1],
    [1, 2],
    [1, 10],
    [1, 1_000_000],
    [100_000, 1],
  ]);
});

test('foreign files stay, useless ones and empty folders are removed', () => {
  const root = join(temporaryFolder(), '.wandb');
  mkdirSync(join(root, 'b_1_10'), { recursive: true });
  writeFileSync(join(root, 'b_1_10', '00001-1-ab11.jsonl'), '{"step":1,"row":"{}"}\n');
  writeFileSync(join(root, 'b_1_10', '00002-1-ab21.jsonl.sent'), '4');
  // Of another study of the same name.
  writeFileSync(join(root, 'b_1_10', '00001-1-cd11.jsonl'), `${JSON.stringify({ head: head() })}\n`);
  writeFileSync(join(root, 'b_1_10', 'notes.txt'), 'mine');
  writeFileSync(join(root, 'file'), '');
  const folder = folderOf(root, 'b:2:20');
  expect(folder.claim()).toEqual([]);
  expect(readdirSync(root, { recursive: true }).sort()).toEqual([
    'b_1_10',
    'b_1_10/00001-1-cd11.jsonl',
    'b_1_10/notes.txt',
    'b~2~20',
    'file',
  ]);
  folder.close();
  expect(readdirSync(root)).toEqual(['b_1_10', 'file']);
});
