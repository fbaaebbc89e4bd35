import { expect, test } from 'vitest';
import { describeStorages, filled, newStudy, newTrial } from './support.js';

describeStorages('TrialStore: asking on', (open) => {
  test('a process that asks again gets the next index with its trial, until something else has happened', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const trial = { ...newTrial(0, null), asker: 'me', limit: { trials: 3, repeats: 1 } };
    const asking = { studyId: study.id, owner: 'me', knownUpTo: 0 };
    const other = await storage.reserveIndex(study.id, 'other');
    const params = { opt: null, lr: 0.1, layers: 3 };
    const { reservation } = await storage.reserveIndex(study.id, 'me');
    const first = await storage.commitAndReserve(reservation, filled(params), trial, asking);
    expect(first?.opened).toEqual({
      config: {
        id: first?.opened.config.id,
        number: 0,
        index: 1,
        params,
        forced: {},
        key: filled(params).key,
        attrs: { from: 'test' },
      },
      trial: {
        ...first?.opened.trial,
        number: 0,
        repeat: 0,
        seed: 1000,
        state: 'running',
        params,
        values: null,
      },
      attempt: null,
    });
    const { configs, trials } = await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] });
    expect({ configs, trials }).toEqual({ configs: [first?.opened.config], trials: [first?.opened.trial] });
    expect(Object.keys(trials[0]?.params ?? {})).toEqual(['opt', 'lr', 'layers']);
    expect((await storage.unfinished(study.id))[0]?.asker).toBe('me');
    const reserved = first?.next?.reservation ?? 0;
    expect(first?.next?.index).toBe(2);
    expect(await storage.owners(study.id)).toEqual(['me', 'other']);

    const next = (lr: number, more: Partial<typeof asking> = {}, index = reserved) =>
      storage.commitAndReserve(index, filled({ lr }), trial, { ...asking, ...more });
    // Another process, another study, an index that is no more, a configuration that is there.
    expect(await next(0.2, { owner: 'other' })).toBeNull();
    expect(await next(0.2, { studyId: study.id + 1 })).toBeNull();
    expect(await next(0.2, {}, reservation)).toBeNull();
    expect(await storage.commitAndReserve(reserved, filled(params), trial, asking)).toBeNull();
    // An index that was released comes first, now or when it is asked for.
    await storage.releaseIndices(study.id, { reservation: other.reservation });
    const second = await next(0.2);
    expect(second?.opened).toMatchObject({ config: { index: 2, number: 1 }, trial: { number: 1 } });
    const third = second?.next ?? (await storage.reserveIndex(study.id, 'me'));
    expect(third.index).toBe(0);
    // A trial that hpo has not opened itself, unless it is known; then a limit.
    await storage.enqueue(study.id, [{ lr: 0.3 }]);
    expect(await next(0.4, {}, third.reservation)).toBeNull();
    const [waiting] = await storage.unfinished(study.id, 'waiting');
    expect(await next(0.4, { knownUpTo: waiting?.trial.id ?? 0 }, third.reservation)).toBeNull();
    const more = { ...trial, limit: null };
    const known = { ...asking, knownUpTo: waiting?.trial.id ?? 0 };
    const last = await storage.commitAndReserve(third.reservation, filled({ lr: 0.4 }), more, known);
    expect(last).toMatchObject({
      opened: { config: { index: 0 }, trial: { number: 3 } },
      next: { index: 3 },
    });
    expect(await storage.pending(study.id)).toEqual({ owners: ['me'], isWaiting: true });
  });
});
