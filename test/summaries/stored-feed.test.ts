import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeSpace, paramsKey } from '../../src/core/space.js';
import type { ResultsReader } from '../../src/results/results-feed.js';
import { NO_REMARKS } from '../../src/storage/annotation.js';
import type { ImportedTrialRecord, Storage, StudyRecord } from '../../src/storage/storage.js';
import { StoredFeed, type SummarizedStudy } from '../../src/summaries/stored-feed.js';
import { ending, folder, newStudy, opened } from '../storage/support.js';

const TRIALS = 2100;
const space = makeSpace([{ name: 'lr', distribution: float(0, 1) }]);

function finished(k: number): ImportedTrialRecord {
  const params = { lr: k / 5000 };
  return {
    filled: {
      params,
      forced: {},
      key: paramsKey(params),
      distributions: { lr: float(0, 1) },
      attrs: {},
    },
    remarks: NO_REMARKS,
    opening: { repeat: 0, seed: 1, startedAtMs: 1 },
    points: [{ name: 'loss', step: 1, value: k, objective: true }],
    ending: ending({ values: [k] }),
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);

async function largeStudy(path: string): Promise<{ storage: Storage; record: StudyRecord }> {
  const storage = await opened(`sqlite:${path}`);
  const record = await newStudy(storage);
  await storage.importFinished(record.id, range(0, TRIALS).map(finished));
  return { storage, record };
}

function summarized({ id, uid, name }: StudyRecord, path: string): SummarizedStudy {
  const objective = { metric: 'loss', direction: 'minimize', reduce: 'last' } as const;
  return { id, uid, name, path, seed: 1, space, spec: { objectives: [objective], repeats: 1 } };
}

/** Reads a study with the summaries of a folder, and stores one; how many trials were read from the database. */
async function readAndSave(storage: Storage, study: SummarizedStudy, summaries: string) {
  let rows = 0;
  const reader: ResultsReader = {
    changeToken: () => storage.changeToken(),
    changedTrials: (...args) => storage.changedTrials(...args),
    stampsBefore: (...args) => storage.stampsBefore(...args),
    results: async (...args) => {
      const found = await storage.results(...args);
      rows += found.length;
      return found;
    },
  };
  const results = new StoredFeed(reader, study, summaries);
  await results.update();
  results.save();
  const { model } = results.feed;
  return { rows, trials: model.trialCount, best: model.best(2).map(({ values }) => values[0]) };
}

test('a study that was read before is read from its summary, and what changed since from the database', async () => {
  const place = await folder();
  const path = join(place, 'study.db');
  const { storage, record } = await largeStudy(path);
  const study = summarized(record, path);
  expect(await readAndSave(storage, study, place)).toMatchObject({ trials: TRIALS, best: [0, 1] });
  await storage.annotate(record.id, 7, { note: 'odd', addTags: [], removeTags: [], hidden: null });
  await storage.importFinished(record.id, [finished(TRIALS)]);
  const again = await readAndSave(storage, study, place);
  expect(again).toMatchObject({ trials: TRIALS + 1, best: [0, 1] });
  expect(again.rows).toBeLessThan(10);
});

test('a summary of a copy that was written apart is not used', async () => {
  const place = await folder();
  const [path, copy] = [join(place, 'study.db'), join(place, 'copy.db')];
  const first = await largeStudy(path);
  await first.storage.close();
  await copyFile(path, copy);
  const [here, there] = [await opened(`sqlite:${path}`), await opened(`sqlite:${copy}`)];
  await here.importFinished(first.record.id, range(3000, 3010).map(finished));
  await readAndSave(here, summarized(first.record, path), place);
  // As many trials, of which others are the newest.
  await there.importFinished(first.record.id, range(4000, 4010).map(finished));
  await there.annotate(first.record.id, 3, {
    note: 'of the copy',
    addTags: [],
    removeTags: [],
    hidden: null,
  });
  const read = await readAndSave(there, summarized(first.record, copy), place);
  expect(read.trials).toBe(TRIALS + 10);
  expect(read.rows).toBeGreaterThanOrEqual(TRIALS + 10);
});

test('a summary that is damaged or cut off is not used', async () => {
  const place = await folder();
  const path = join(place, 'study.db');
  const { storage, record } = await largeStudy(path);
  const study = summarized(record, path);
  const summaries = join(place, 'summaries');
  await readAndSave(storage, study, summaries);
  const [name] = await readdir(summaries);
  const file = join(summaries, name ?? '');
  const whole = await readFile(file);
  const broken = Buffer.from(whole);
  broken[5000] = (broken[5000] ?? 0) ^ 1;
  for (const bytes of [whole.subarray(0, 9000), broken, Buffer.alloc(0)]) {
    await writeFile(file, bytes);
    expect((await readAndSave(storage, study, summaries)).rows).toBeGreaterThanOrEqual(TRIALS);
    // It was written again, whole, and nothing lies beside it.
    expect(await readdir(summaries)).toEqual([name]);
    expect((await readAndSave(storage, study, summaries)).rows).toBeLessThan(10);
  }
});

test('a small study is not stored, and a folder that cannot be written is no error', async () => {
  const place = await folder();
  const path = join(place, 'study.db');
  const storage = await opened(`sqlite:${path}`);
  const record = await newStudy(storage);
  await storage.importFinished(record.id, range(0, 20).map(finished));
  await readAndSave(storage, summarized(record, path), join(place, 'summaries'));
  expect(await readdir(place)).not.toContain('summaries');
  await storage.importFinished(record.id, range(20, TRIALS).map(finished));
  expect(await readAndSave(storage, summarized(record, path), '/proc/none')).toMatchObject({
    trials: TRIALS,
  });
});
