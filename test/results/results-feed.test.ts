import { expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import { plainSpec } from '../../src/core/spec.js';
import { ResultsFeed, readResults } from '../../src/results/results-feed.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { createStudy } from '../../src/study/open-study.js';
import type { Study } from '../../src/study/study.js';
import { newAttempt } from '../storage/support.js';

const OBJECTIVE = { metric: 'loss', direction: 'minimize', reduce: 'last' } as const;

async function makeStudy(): Promise<{ study: Study; storage: Storage }> {
  const storage = await openStorage('memory:', { create: true });
  const space = makeSpace([{ name: 'x', distribution: float(0, 1) }]);
  return {
    storage,
    study: await createStudy(storage, {
      name: 'sweep',
      spec: plainSpec([OBJECTIVE], space),
      seed: 1,
      nowMs: 0,
    }),
  };
}

/** Runs one trial to its end; returns its number. */
async function runTrial(study: Study, value: number | null): Promise<number> {
  const opened = await study.ask(newAttempt(study.owner), 0);
  if ('exhausted' in opened) throw new Error(opened.exhausted);
  const point = { name: 'loss', step: 1, value: value ?? 9, objective: true };
  const attempt = opened.attempt?.id ?? null;
  await study.report(opened.trial.id, attempt, [point]);
  const state = value === null ? 'fail' : 'complete';
  await study.tell(opened.trial.id, attempt, {
    state,
    values: value === null ? null : [value],
    exitCode: null,
    reason: value === null ? 'broken' : null,
    finishedAtMs: 1000,
  });
  return opened.trial.number;
}

/** A storage that counts the trials it hands out. */
function counted(storage: Storage) {
  const read = { changes: 0, rows: 0 };
  const reader = {
    changeToken: () => storage.changeToken(),
    changedTrials: async (...args: Parameters<Storage['changedTrials']>) => {
      read.changes += 1;
      return storage.changedTrials(...args);
    },
    stampsBefore: (...args: Parameters<Storage['stampsBefore']>) => storage.stampsBefore(...args),
    results: async (...args: Parameters<Storage['results']>) => {
      const found = await storage.results(...args);
      read.rows += found.length;
      return found;
    },
  };
  return { reader, read };
}

test('a feed reads what has changed, and nothing when nobody has written', async () => {
  const { study, storage } = await makeStudy();
  const { reader, read } = counted(storage);
  const feed = new ResultsFeed(reader, study);
  for (const value of [3, 1, 2]) await runTrial(study, value);
  expect((await feed.read()).best(1)).toMatchObject([{ trials: [1], values: [1] }]);
  expect((await feed.readTable()).length).toBe(3);
  await runTrial(study, 0);
  expect((await feed.readTable()).objectives[0]?.get(3)).toBe(0);
  await feed.read();
  // The newest trial of the first read may have changed since, so it comes again.
  expect(read).toEqual({ changes: 2, rows: 5 });
  expect(feed.model.best(1)).toEqual((await readResults(storage, study)).best(1));
});

test('a failed trial that is queued again is read again', async () => {
  const { study, storage } = await makeStudy();
  const feed = new ResultsFeed(storage, study);
  const number = await runTrial(study, null);
  expect((await feed.read()).stateOf(number)).toBe('fail');
  expect((await feed.readTable()).reasons.get(number)).toBe('broken');
  const [failed] = (await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] })).trials;
  await study.storage.reopen(failed?.id ?? 0);
  expect((await feed.read()).stateOf(number)).toBe('queued');
  const again = await storage.restart(failed?.id ?? 0, {
    fromAsker: null,
    attempt: { ...newAttempt(study.owner), token: 'second' },
  });
  expect((await feed.read()).stateOf(number)).toBe('running');
  await storage.finish(failed?.id ?? 0, again?.attempt?.id ?? null, {
    state: 'complete',
    values: [4],
    exitCode: null,
    reason: null,
    finishedAtMs: 2000,
  });
  const model = await feed.read();
  expect(model.stateOf(number)).toBe('complete');
  expect(model.best(1)).toMatchObject([{ values: [4], trials: [number] }]);
  expect((await feed.readTable()).reasons.has(number)).toBe(false);
});

test('readers that ask at once get the newest results one after the other', async () => {
  const { study, storage } = await makeStudy();
  const feed = new ResultsFeed(storage, study);
  await runTrial(study, 5);
  const [model, table] = await Promise.all([feed.read(), feed.readTable()]);
  expect(model.trialCount).toBe(1);
  expect(table.length).toBe(1);
});

test('an update says which trials are new or not as they were', async () => {
  const { study, storage } = await makeStudy();
  const feed = new ResultsFeed(storage, study);
  for (const value of [3, 1]) await runTrial(study, value);
  expect(await feed.update()).toEqual({ revision: 1, changed: [0, 1], isReset: false });
  await storage.annotate(study.id, 0, { note: 'odd', addTags: [], removeTags: [], hidden: null });
  expect(await feed.update()).toEqual({ revision: 2, changed: [0], isReset: false });
  expect(feed.table.notes.get(0)).toBe('odd');
  await storage.writeControl(study.id, { paused: true }, 0);
  expect(await feed.update()).toEqual({ revision: 2, changed: [], isReset: false });
});

test('a trial that was reopened and finished between two updates is read again', async () => {
  const { study, storage } = await makeStudy();
  const feed = new ResultsFeed(storage, study);
  const number = await runTrial(study, null);
  await runTrial(study, 5);
  await feed.update();
  const [failed] = (await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] })).trials;
  await storage.reopen(failed?.id ?? 0);
  const again = await storage.restart(failed?.id ?? 0, { fromAsker: null, attempt: newAttempt(study.owner) });
  const end = { values: [4], exitCode: 0, reason: null, finishedAtMs: 1000 };
  await storage.finish(failed?.id ?? 0, again?.attempt?.id ?? null, { state: 'complete', ...end });
  expect(await feed.update()).toMatchObject({ changed: [number] });
  expect(feed.model.best(1)).toMatchObject([{ values: [4], trials: [number] }]);
});

test('a study that is deleted leaves an empty model', async () => {
  const { study, storage } = await makeStudy();
  const feed = new ResultsFeed(storage, study);
  await runTrial(study, 3);
  await feed.update();
  await storage.deleteStudy(study.id);
  expect(await feed.update()).toEqual({ revision: 0, changed: [], isReset: true });
  expect(feed.model.trialCount).toBe(0);
  expect((await feed.update()).isReset).toBe(false);
});
