import { expect, test } from 'vitest';
import { categorical, float, int } from '../../src/core/distribution.js';
import type { Storage } from '../../src/storage/storage.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { ask, attemptOf, describeStorages, ending, newStudy, newTrial } from './support.js';

const rate = { name: 'rate', distribution: float(0, 1), value: 0.5 };

async function running(storage: Storage) {
  const study = await newStudy(storage);
  const asked = await ask(storage, study.id, { lr: 0.1 });
  const params = async () => (await readTrialRow(storage, study.id, 0))?.params;
  return { study, asked, trialId: asked.trial.id, attemptId: attemptOf(asked), params };
}

describeStorages('AttemptStore: parameters that a trial names', (open) => {
  test('what a running trial suggests is shown after what it was given, in order', async () => {
    const storage = await open();
    const { study, trialId, attemptId, params } = await running(storage);
    const opt = { name: 'opt', distribution: categorical(['sgd', 'adam']), value: 'adam' };
    expect(await storage.suggest(trialId, attemptId, rate)).toBe(true);
    expect(await storage.suggest(trialId, attemptId, opt)).toBe(true);
    expect(Object.entries((await params()) ?? {})).toEqual([
      ['lr', 0.1],
      ['rate', 0.5],
      ['opt', 'adam'],
    ]);
    const { trials } = await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] });
    expect(trials[0]?.params).toEqual({ lr: 0.1, rate: 0.5, opt: 'adam' });
  });

  test('the first value of a name stands, and a value that is no choice is refused', async () => {
    const storage = await open();
    const { trialId, attemptId, params } = await running(storage);
    await storage.suggest(trialId, attemptId, rate);
    expect(await storage.suggest(trialId, attemptId, { ...rate, value: 0.75 })).toBe(true);
    const odd = { name: 'opt', distribution: categorical(['sgd']), value: 'adam' };
    await expect(storage.suggest(trialId, attemptId, odd)).rejects.toThrow(RangeError);
    expect(await params()).toEqual({ lr: 0.1, rate: 0.5 });
  });

  test('only the current attempt of a running trial suggests', async () => {
    const storage = await open();
    const { trialId, attemptId, params } = await running(storage);
    expect(await storage.suggest(trialId, null, rate)).toBe(false);
    expect(await storage.suggest(trialId, attemptId + 1, rate)).toBe(false);
    await storage.finish(trialId, attemptId, ending());
    expect(await storage.suggest(trialId, attemptId, rate)).toBe(false);
    expect(await params()).toEqual({ lr: 0.1 });
  });

  test('a trial that is queued keeps what it suggested, and further trials of its configuration have it', async () => {
    const storage = await open();
    const { asked, trialId, attemptId, params } = await running(storage);
    await storage.suggest(trialId, attemptId, { name: 'layers', distribution: int(1, 4), value: 3 });
    await storage.requeue(attemptId, {
      exitCode: null,
      reason: 'gone',
      cause: 'lost' as const,
      finishedAtMs: 1,
    });
    expect(await params()).toEqual({ lr: 0.1, layers: 3 });
    const repeat = await storage.addRepeat(asked.config.id, newTrial(1));
    expect(repeat?.trial.params).toEqual({ lr: 0.1, layers: 3 });
  });
});
