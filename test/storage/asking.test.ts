import { expect, test } from 'vitest';
import type { BatchMember, TrialLimit } from '../../src/storage/storage.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { attemptIn, countOf } from './lookups.js';
import {
  ask,
  attemptOf,
  describeStorages,
  ending,
  filled,
  newAttempt,
  newStudy,
  newTrial,
  T0,
} from './support.js';

describeStorages('TrialStore: asking', (open) => {
  test('filling an index opens trial 0 with its attempt, and every reader sees it', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const { reservation, index } = await storage.reserveIndex(study.id, 'me');
    expect(index).toBe(0);
    const params = { opt: null, lr: 0.001, layers: 3 };
    const result = await storage.commitConfiguration(
      { reservation },
      filled(params, { momentum: 0 }),
      newTrial(),
    );
    expect(result).toMatchObject({
      config: { number: 0, index: 0, params, forced: { momentum: 0 }, attrs: { from: 'test' } },
      trial: { number: 0, repeat: 0, seed: 1000, state: 'running', values: null, params },
      attempt: { attempt: 1, owner: 'me', handle: 'out/trial-0/1', startedAtMs: T0, finishedAtMs: null },
    });
    const changes = await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] });
    expect(changes).toEqual({ configs: [result?.config], trials: [result?.trial] });
    expect(Object.keys(changes.trials[0]?.params ?? {})).toEqual(['opt', 'lr', 'layers']);
    expect(await storage.unfinished(study.id)).toEqual([
      { trial: result?.trial, attempt: result?.attempt, asker: null, enqueued: null },
    ]);
    expect(await attemptIn(storage, attemptOf(result))).toEqual(result?.attempt);
    expect(await attemptIn(storage, 999)).toBeNull();
  });

  test('a key that is held is refused, the index stays allotted and can be filled otherwise', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    await ask(storage, study.id, { lr: 0.1 });
    const { reservation, index } = await storage.reserveIndex(study.id, 'me');
    expect(await storage.commitConfiguration({ reservation }, filled({ lr: 0.1 }), newTrial())).toBeNull();
    const other = await storage.commitConfiguration({ reservation }, filled({ lr: 0.2 }), newTrial());
    expect(other?.config).toMatchObject({ index, number: 1 });
    await expect(
      storage.commitConfiguration({ reservation }, filled({ lr: 0.3 }), newTrial()),
    ).rejects.toMatchObject({
      code: 'storage.index-lost',
    });
  });

  test('another study may hold the same key', async () => {
    const storage = await open();
    const [a, b] = [await newStudy(storage, 'a'), await newStudy(storage, 'b')];
    await ask(storage, a.id, { lr: 0.1 });
    expect((await ask(storage, b.id, { lr: 0.1 })).trial.number).toBe(0);
  });

  test('indices that were given back or freed are used again, the lowest first', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const first = await storage.reserveIndex(study.id, 'dead');
    const second = await storage.reserveIndex(study.id, 'me');
    const third = await storage.reserveIndex(study.id, 'dead');
    expect([first.index, second.index, third.index]).toEqual([0, 1, 2]);
    expect(await storage.owners(study.id)).toEqual(['dead', 'me']);
    await storage.releaseIndices(study.id, { reservation: second.reservation });
    await storage.releaseIndices(study.id, { owners: ['dead', 'unknown'] });
    expect(await storage.owners(study.id)).toEqual([]);
    await expect(
      storage.commitConfiguration({ reservation: first.reservation }, filled({}), newTrial()),
    ).rejects.toMatchObject({
      code: 'storage.index-lost',
    });
    const again = [];
    for (let i = 0; i < 4; i++) again.push((await storage.reserveIndex(study.id, 'new')).index);
    expect(again).toEqual([0, 1, 2, 3]);
  });

  test.each([
    ['by a sweep', newTrial(), { layers: 2 }],
    ['by a program', { ...newTrial(0, null), asker: 'me' }, {}],
  ])(
    'both halves of asking at once, %s, take the expected place, or write nothing',
    async (_, trial, forced) => {
      const storage = await open();
      const study = await newStudy(storage);
      const next = (index: number, trialNumber: number, lr: number) =>
        storage.commitConfiguration(
          { studyId: study.id, predicted: { index, trialNumber } },
          filled({ lr }, forced),
          trial,
        );
      const first = await next(0, 0, 0.1);
      expect(first).toMatchObject({
        config: { number: 0, index: 0, params: { lr: 0.1 }, forced },
        trial: { number: 0, state: 'running', params: { lr: 0.1 } },
        attempt: trial.attempt && { attempt: 1, owner: 'me' },
      });
      const { configs, trials } = await storage.changes(study.id, {
        configId: 0,
        trialId: 0,
        unfinished: [],
      });
      expect({ configs, trials }).toEqual({ configs: [first?.config], trials: [first?.trial] });

      // Another index, another trial number, a key that is held.
      expect(await next(0, 1, 0.2)).toBeNull();
      expect(await next(1, 0, 0.2)).toBeNull();
      expect(await next(1, 1, 0.1)).toBeNull();
      await storage.addRepeat(first?.config.id ?? 0, newTrial(1));
      expect(await next(1, 1, 0.2)).toBeNull();
      // What is allotted is taken, and what was given back comes first.
      const { reservation, index } = await storage.reserveIndex(study.id, 'me');
      expect([index, await next(1, 2, 0.2)]).toEqual([1, null]);
      await storage.releaseIndices(study.id, { reservation });
      expect(await next(2, 2, 0.2)).toBeNull();
      await storage.commitConfiguration(
        { reservation: (await storage.reserveIndex(study.id, 'me')).reservation },
        filled({}),
        newTrial(),
      );
      expect([
        await countOf(storage, study.id, 'trials'),
        await countOf(storage, study.id, 'external'),
      ]).toEqual([3, 0]);
      expect((await next(2, 3, 0.2))?.config).toMatchObject({ index: 2, number: 2 });
      expect((await storage.reserveIndex(study.id, 'me')).index).toBe(3);
      const missing = storage.commitConfiguration(
        { studyId: study.id + 1, predicted: { index: 0, trialNumber: 0 } },
        filled({}),
        newTrial(),
      );
      await expect(missing).rejects.toMatchObject({ code: 'storage.no-study' });
    },
  );

  test('no configuration is opened beyond a limit of trials, which counts the repeats that are still to come', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const limited = (trials: number, repeats: number) => ({ ...newTrial(), limit: { trials, repeats } });
    const next = async (layers: number, trial: ReturnType<typeof limited>) => {
      const { reservation } = await storage.reserveIndex(study.id, 'me');
      const opened = await storage.commitConfiguration({ reservation }, filled({ layers }), trial);
      if (!opened) await storage.releaseIndices(study.id, { reservation });
      return opened;
    };
    await storage.enqueue(study.id, [{ layers: 8 }]);
    const first = await next(1, limited(2, 1));
    expect(await next(2, limited(2, 1))).toBeNull();
    expect(await storage.count(study.id, ['trials', 'committed'], 1)).toEqual({ trials: 2, committed: 2 });
    expect(await storage.count(study.id, ['trials', 'committed'], 3)).toEqual({ trials: 2, committed: 4 });
    expect(await next(2, limited(4, 3))).toBeNull();
    const place = { index: 1, trialNumber: 2 };
    expect(
      await storage.commitConfiguration(
        { studyId: study.id, predicted: place },
        filled({ layers: 2 }),
        limited(4, 3),
      ),
    ).toBeNull();
    // A pruned trial is its configuration's last.
    await storage.finish(first?.trial.id ?? 0, attemptOf(first), ending({ state: 'pruned', values: [1] }));
    expect(await storage.count(study.id, ['trials', 'committed'], 3)).toEqual({ trials: 2, committed: 2 });
    expect(await next(2, limited(4, 3))).toMatchObject({ trial: { number: 2 }, config: { index: 1 } });
    expect(await next(3, limited(4, 3))).toBeNull();
    expect(await storage.count(study.id, ['trials', 'committed'], 3)).toEqual({ trials: 3, committed: 5 });
  });

  test('a batch is stored as a whole, or not at all', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const reserve = async (count: number) => {
      const places: { reservation: number; index: number }[] = [];
      for (let k = 0; k < count; k++) places.push(await storage.reserveIndex(study.id, 'me'));
      return places;
    };
    const places = await reserve(3);
    const batchOf = (layers: readonly number[], limit: TrialLimit | null = null) =>
      layers.map((value, k) => ({
        reservation: places[k]?.reservation ?? 0,
        filled: filled({ layers: value }),
        trial: { ...newTrial(), limit },
      }));
    const opened = await storage.commitBatch(batchOf([1, 2]));
    expect(opened?.map(({ trial, config }) => [trial.number, config.index, trial.params])).toEqual([
      [0, 0, { layers: 1 }],
      [1, 1, { layers: 2 }],
    ]);
    places.splice(0, 3, places[2] as (typeof places)[number], ...(await reserve(2)));
    // One is there already, or twice in the batch: none is opened, and the indices stay reserved.
    expect(await storage.commitBatch(batchOf([3, 1]))).toBeNull();
    expect(await storage.commitBatch(batchOf([3, 3]))).toBeNull();
    await expect(
      storage.commitBatch([...batchOf([3]), { ...(batchOf([4])[0] as BatchMember), reservation: 999 }]),
    ).rejects.toMatchObject({ code: 'storage.index-lost' });
    const broken = { ...filled({ lr: 0.1 }), distributions: {} };
    const [first, second] = batchOf([3, 4]) as [BatchMember, BatchMember];
    await expect(storage.commitBatch([first, { ...second, filled: broken }])).rejects.toMatchObject({
      code: 'storage.no-distribution',
    });
    expect(await countOf(storage, study.id, 'trials')).toBe(2);
    // As many as the limit allows.
    const some = await storage.commitBatch(batchOf([3, 4, 5], { trials: 4, repeats: 1 }));
    expect(some?.map(({ trial }) => trial.params)).toEqual([{ layers: 3 }, { layers: 4 }]);
    expect(await storage.commitBatch(batchOf([]))).toEqual([]);
  });

  test('whoever looks between two fillings misses neither, in whatever order the indices were allotted', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const early = await storage.reserveIndex(study.id, 'slow');
    const late = await storage.reserveIndex(study.id, 'fast');
    await storage.commitConfiguration({ reservation: late.reservation }, filled({ lr: 0.2 }), newTrial());
    const before = await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] });
    const since = {
      configId: before.configs[0]?.id ?? -1,
      trialId: before.trials[0]?.id ?? -1,
      unfinished: [],
    };
    await storage.commitConfiguration({ reservation: early.reservation }, filled({ lr: 0.1 }), newTrial());
    const after = await storage.changes(study.id, since);
    expect(after.configs.map((c) => [c.index, c.number])).toEqual([[0, 1]]);
    expect(after.trials.map((t) => t.number)).toEqual([1]);
  });

  test('a repeat is opened once, with the same parameters and its own seed', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const first = await ask(storage, study.id, { lr: 0.1, opt: 'adam' }, newTrial(), { layers: 2 });
    const second = await storage.addRepeat(first.config.id, newTrial(1));
    expect(second?.config).toEqual(first.config);
    expect(second?.trial).toMatchObject({ number: 1, repeat: 1, seed: 1001, params: first.trial.params });
    expect(await storage.addRepeat(first.config.id, newTrial(1))).toBeNull();
    await expect(storage.addRepeat(999, newTrial())).rejects.toMatchObject({
      code: 'storage.no-configuration',
    });
    expect((await readTrialRow(storage, study.id, 1))?.params).toEqual({ lr: 0.1, opt: 'adam' });
  });

  test('a parameter without a distribution is refused and leaves no trace', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const { reservation } = await storage.reserveIndex(study.id, 'me');
    const broken = { ...filled({ lr: 0.1 }), distributions: {} };
    await expect(storage.commitConfiguration({ reservation }, broken, newTrial())).rejects.toMatchObject({
      code: 'storage.no-distribution',
    });
    expect(await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] })).toEqual({
      configs: [],
      trials: [],
    });
    expect(
      await storage.commitConfiguration({ reservation }, filled({ lr: 0.1 }), newTrial()),
    ).not.toBeNull();
  });

  test('an attempt is added only after the last one has ended, and only to a trial that is ours to run', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const asked = await ask(storage, study.id, { lr: 0.1 });
    expect(await storage.restart(asked.trial.id, { fromAsker: null, attempt: newAttempt('b') })).toBeNull();
    const ended = { exitCode: 1, reason: 'crashed', cause: 'failed' as const, finishedAtMs: T0 + 5 };
    expect(await storage.requeue(attemptOf(asked), ended)).toBe(true);
    const again = await storage.restart(asked.trial.id, {
      fromAsker: null,
      attempt: newAttempt('b', T0 + 10),
    });
    expect(again).toMatchObject({
      trial: { id: asked.trial.id, number: 0, seed: 1000, params: { lr: 0.1 } },
      config: asked.config,
      attempt: { attempt: 2, owner: 'b', handle: 'out/trial-0/2' },
    });
    await storage.finish(asked.trial.id, attemptOf(again), ending());
    expect(await storage.restart(asked.trial.id, { fromAsker: null, attempt: newAttempt('c') })).toBeNull();
    const foreign = await ask(storage, study.id, { lr: 0.2 }, newTrial(0, null));
    expect(await storage.restart(foreign.trial.id, { fromAsker: null, attempt: newAttempt('c') })).toBeNull();
    expect(await storage.restart(999, { fromAsker: null, attempt: newAttempt('c') })).toBeNull();
  });
});
