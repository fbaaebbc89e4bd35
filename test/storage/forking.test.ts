import { expect, test } from 'vitest';
import { withFork } from '../../src/core/fork.js';
import type { Storage } from '../../src/storage/storage.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { ask, attemptOf, describeStorages, ending, filled, newAttempt, newStudy, T0 } from './support.js';

const loss = (step: number | null, value: number) => ({ name: 'loss', step, value, objective: true });
const other = (step: number, value: number) => ({ name: 'other', step, value, objective: false });

/** A study whose trials 0 and 1 are paused at step 2. */
async function twoPaused(storage: Storage) {
  const study = await newStudy(storage);
  const asked = [await ask(storage, study.id, { lr: 0.1 }), await ask(storage, study.id, { lr: 0.2 })];
  for (const trial of asked) {
    const points = [loss(1, 3), other(1, 5), loss(2, 2), loss(null, 2)];
    await storage.report(trial.trial.id, attemptOf(trial), points);
    await storage.requeue(attemptOf(trial), {
      exitCode: 0,
      reason: 'paused',
      cause: 'paused',
      finishedAtMs: T0 + 5,
      keepSteps: true,
      pausedAt: 2,
    });
  }
  const [parentId, replacedId] = asked.map(({ trial }) => trial.id) as [number, number];
  return { studyId: study.id, parentId, replacedId };
}

const fork = { parent: 0, fromStep: 2, replaces: 1, copy: '1-ab', steps: 2 };

function commit(
  storage: Storage,
  { studyId, parentId, replacedId }: Awaited<ReturnType<typeof twoPaused>>,
  { lr, trials = null }: { readonly lr: number; readonly trials?: number | null },
) {
  const forking = {
    parentId,
    replacedId,
    ending: (child: number) => ending({ state: 'pruned', values: [2], reason: `replaced by trial ${child}` }),
  };
  const limit = trials === null ? null : { trials, repeats: 1 };
  const attempt = { ...newAttempt(), targetStep: () => 4 };
  const trial = { repeat: 0, seed: 1, startedAtMs: T0, attempt, asker: null, limit };
  return storage.commitConfiguration(
    { studyId, forking },
    { ...filled({ lr }), attrs: withFork(fork) },
    trial,
  );
}

describeStorages('TrialStore: trials that continue another one', (open) => {
  test('one transaction opens the new trial with the steps of its parent and ends the replaced one', async () => {
    const storage = await open();
    const places = await twoPaused(storage);
    expect(await storage.columns(places.studyId)).toMatchObject({ forked: false });
    const opened = await commit(storage, places, { lr: 0.3 });
    expect(await storage.columns(places.studyId)).toMatchObject({ forked: true });
    expect(opened).toMatchObject({
      trial: { number: 2, state: 'running', pausedAt: null, params: { lr: 0.3 } },
      config: { index: -1, attrs: { fork } },
      attempt: { attempt: 1, inherited: ['loss', 'other'], targetStep: 4 },
    });
    expect([...(opened?.trial.steps ?? [])]).toEqual([
      [1, 3],
      [2, 2],
    ]);
    const row = (number: number) => readTrialRow(storage, places.studyId, number);
    expect(await row(0)).toMatchObject({ state: 'running', pausedAt: 2, parent: null, epochs: 2 });
    expect(await row(1)).toMatchObject({ state: 'pruned', pausedAt: null, reason: 'replaced by trial 2' });
    expect(await row(2)).toMatchObject({ state: 'running', parent: { trial: 0, step: 2 }, epochs: 0 });
    // Its first own report may begin below: it reports that step again.
    const [id, attempt] = [opened?.trial.id ?? -1, opened?.attempt?.id ?? -1];
    await storage.report(id, attempt, [loss(2, 1.5), loss(3, 1)]);
    const stored = await storage.metrics(places.studyId, 2);
    expect(stored.map(({ name, step, value }) => [name, step, value])).toEqual([
      ['loss', 1, 3],
      ['loss', 2, 1.5],
      ['loss', 3, 1],
      ['other', 1, 5],
    ]);
    expect(await row(2)).toMatchObject({ epochs: 1 });
    expect(await storage.count(places.studyId, ['epochs', 'trials'])).toEqual({ epochs: 5, trials: 3 });
  });

  test('nothing is written for a known configuration, above the limit, or when one of the two is not paused', async () => {
    const storage = await open();
    const places = await twoPaused(storage);
    expect(await commit(storage, places, { lr: 0.1 })).toBeNull();
    expect(await commit(storage, places, { lr: 0.3, trials: 2 })).toBeNull();
    const attempt = newAttempt();
    for (const trialId of [places.replacedId, places.parentId]) {
      await storage.restart(trialId, { fromAsker: null, attempt });
      expect(await commit(storage, places, { lr: 0.3 })).toBeNull();
    }
    expect((await storage.count(places.studyId, ['trials'])).trials).toBe(2);
    expect(await storage.unfinished(places.studyId)).toHaveLength(2);
  });
});
