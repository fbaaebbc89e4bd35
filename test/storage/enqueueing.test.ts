import { expect, test } from 'vitest';
import type { PartialParams } from '../../src/storage/storage.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { countOf, waitingIn } from './lookups.js';
import { ask, describeStorages, ending, filled, newAttempt, newStudy, newTrial, T0 } from './support.js';

describeStorages('TrialStore: enqueued trials', (open) => {
  test('an enqueued trial waits under the next number, with what is fixed of it, and counts', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    await ask(storage, study.id, { lr: 0.1 });
    const points: PartialParams[] = [{ lr: 0.5, opt: null }, {}];
    expect(await storage.enqueue(study.id, points)).toEqual([1, 2]);
    const waiting = await waitingIn(storage, study.id);
    expect(waiting.map(({ number, fixed }) => ({ number, fixed }))).toEqual([
      { number: 1, fixed: { lr: 0.5, opt: null } },
      { number: 2, fixed: {} },
    ]);
    expect(await countOf(storage, study.id, 'trials')).toBe(3);
    expect((await storage.listStudies())[0]?.counts).toMatchObject({ running: 1, waiting: 2 });
    expect(await readTrialRow(storage, study.id, 1)).toMatchObject({
      state: 'waiting',
      queued: true,
      startedAtMs: null,
    });
    // The next trial that is asked for comes after them.
    expect((await ask(storage, study.id, { lr: 0.2 })).trial.number).toBe(3);
  });

  test('a study may be created, or get a new specification, with points to try first', async () => {
    const storage = await open();
    const { id } = await storage.createStudy({
      name: 's',
      directions: ['minimize'],
      seed: 1,
      spec: {},
      createdAtMs: T0,
      enqueued: [{ lr: 0.5 }],
    });
    await storage.updateStudy(id, { note: 'new' }, { directions: [], enqueued: [{ lr: 0.25 }] });
    expect((await waitingIn(storage, id)).map(({ fixed }) => fixed)).toEqual([{ lr: 0.5 }, { lr: 0.25 }]);
  });

  test('claiming starts it as a configuration of its own, which takes no index', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    await storage.enqueue(study.id, [{ lr: 0.5 }]);
    const [first] = await waitingIn(storage, study.id);
    const before = await storage.changeToken();
    const opened = await storage.claimEnqueued(
      first?.id ?? -1,
      filled({ lr: 0.5, layers: 2 }, { m: 1 }),
      newTrial(),
    );
    expect(opened).toMatchObject({
      trial: { id: first?.id, number: 0, repeat: 0, state: 'running', params: { lr: 0.5, layers: 2 } },
      config: { number: 0, index: -1, params: { lr: 0.5, layers: 2 }, forced: { m: 1 } },
      attempt: { attempt: 1, owner: 'me', handle: 'out/trial-0/1' },
    });
    expect(await storage.changeToken()).not.toBe(before);
    expect(await waitingIn(storage, study.id)).toEqual([]);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      state: 'running',
      configuration: 0,
      startedAtMs: T0,
    });
    if (typeof opened !== 'object') throw new Error(opened);
    const changes = await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] });
    expect(changes).toEqual({ configs: [opened.config], trials: [opened.trial] });
    expect(await storage.unfinished(study.id)).toEqual([
      { trial: opened.trial, attempt: opened.attempt, asker: null, enqueued: null },
    ]);
    expect((await storage.reserveIndex(study.id, 'me')).index).toBe(0);
    expect(await storage.finish(opened.trial.id, opened.attempt?.id ?? null, ending())).toBe(true);
    // A repeat and a further attempt work as with any other configuration.
    expect(await storage.addRepeat(opened.config.id, newTrial(1))).toMatchObject({ trial: { number: 1 } });
  });

  test('it is taken once, and never for a configuration that is held', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    await ask(storage, study.id, { lr: 0.1 });
    await storage.enqueue(study.id, [{ lr: 0.1 }]);
    const [first] = await waitingIn(storage, study.id);
    const id = first?.id ?? -1;
    expect(await storage.claimEnqueued(id, filled({ lr: 0.1 }), newTrial())).toBe('duplicate');
    expect((await waitingIn(storage, study.id)).map((each) => each.id)).toEqual([id]);
    expect(await storage.claimEnqueued(id, filled({ lr: 0.2 }), newTrial(0, newAttempt('a')))).toMatchObject({
      config: { number: 1 },
    });
    expect(await storage.claimEnqueued(id, filled({ lr: 0.3 }), newTrial(0, newAttempt('b')))).toBe('taken');
    expect(await storage.rejectEnqueued(id, 'too late', T0)).toBe(false);
  });

  test('one that cannot be run fails with its reason', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    await storage.enqueue(study.id, [{ lr: 7 }]);
    const [first] = await waitingIn(storage, study.id);
    expect(await storage.rejectEnqueued(first?.id ?? -1, 'lr is at most 1', T0)).toBe(true);
    expect(await waitingIn(storage, study.id)).toEqual([]);
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      state: 'fail',
      queued: false,
      values: null,
      reason: 'lr is at most 1',
      finishedAtMs: T0,
    });
    expect(await storage.claimEnqueued(first?.id ?? -1, filled({ lr: 0.3 }), newTrial())).toBe('taken');
  });

  test('a deleted study takes its enqueued trials with it', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    await storage.enqueue(study.id, [{ lr: 0.5 }]);
    await storage.deleteStudy(study.id);
    const other = await newStudy(storage);
    expect(await waitingIn(storage, other.id)).toEqual([]);
    await expect(storage.enqueue(999, [{}])).rejects.toMatchObject({ code: 'storage.no-study' });
  });
});
