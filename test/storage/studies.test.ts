import { expect, test } from 'vitest';
import { attemptIn, uidOf } from './lookups.js';
import { ask, attemptOf, describeStorages, ending, newStudy, newTrial, T0 } from './support.js';

describeStorages('StudyStore', (open) => {
  test('a study comes back as it was created, and a missing one as null', async () => {
    const storage = await open();
    const spec = {
      text: 'é " \u2028',
      numbers: [1, 1.5, 1e-7],
      odd: [Number.NaN, Number.NEGATIVE_INFINITY],
      none: null,
    };
    const created = await storage.createStudy({
      name: "it's",
      directions: ['maximize', 'minimize'],
      seed: 7,
      spec,
      createdAtMs: T0,
    });
    expect(created).toEqual({
      id: created.id,
      name: "it's",
      uid: expect.stringMatching(/^[0-9a-f]{32}$/),
      directions: ['maximize', 'minimize'],
      seed: 7,
      spec,
      createdAtMs: T0,
    });
    expect(await storage.findStudy("it's")).toEqual(created);
    expect(await storage.findStudy('other')).toBeNull();
  });

  test('a study has a random uid, which changes when a copy is separated from its original', async () => {
    const storage = await open();
    const [a, b] = [await newStudy(storage, 'a'), await newStudy(storage, 'b')];
    const uid = (await uidOf(storage, a.id)) ?? '';
    expect(uid).toMatch(/^[0-9a-f]{32}$/);
    expect(await uidOf(storage, b.id)).not.toBe(uid);
    expect(await uidOf(storage, 99)).toBeNull();
    const [running, told] = [await ask(storage, a.id, { lr: 0.1 }), await ask(storage, a.id, { lr: 0.2 })];
    await storage.finish(told.trial.id, attemptOf(told), ending());
    const other = await ask(storage, b.id, { lr: 0.1 });
    const ended = {
      exitCode: null,
      reason: 'of the original',
      cause: 'interrupted' as const,
      finishedAtMs: T0,
    };
    const separated = await storage.separateCopy(a.id, uid, ended);
    expect(separated).toEqual({ uid: await uidOf(storage, a.id), requeued: 1 });
    expect(separated?.uid).not.toBe(uid);
    expect(await attemptIn(storage, attemptOf(running))).toMatchObject({ ...ended });
    expect(await attemptIn(storage, attemptOf(other))).toMatchObject({ finishedAtMs: null });
    expect((await storage.unfinished(a.id)).map(({ trial }) => trial.id)).toEqual([running.trial.id]);
    // Whoever comes second finds it done.
    expect(await storage.separateCopy(a.id, uid, ended)).toBeNull();
  });

  test('a name is taken once', async () => {
    const storage = await open();
    await newStudy(storage, 'a');
    await expect(newStudy(storage, 'a')).rejects.toMatchObject({ code: 'storage.study-exists', usage: true });
    await expect(newStudy(storage, '')).rejects.toMatchObject({ code: 'storage.bad-name' });
    expect(await storage.listStudies()).toHaveLength(1);
  });

  test('the list tells states and configurations of each study, in order of creation', async () => {
    const storage = await open();
    const b = await newStudy(storage, 'b');
    const a = await newStudy(storage, 'a');
    const first = await ask(storage, b.id, { lr: 0.1 });
    await storage.addRepeat(first.config.id, newTrial(1));
    await storage.finish(first.trial.id, attemptOf(first), ending());
    const [listedB, listedA] = await storage.listStudies();
    expect(listedB).toEqual({
      ...b,
      counts: { waiting: 0, running: 1, complete: 1, pruned: 0, fail: 0 },
      pausedTrials: 0,
      configurations: 1,
      broken: null,
    });
    expect(listedA).toMatchObject({ ...a, configurations: 0, counts: { running: 0, complete: 0 } });
  });

  test('a spec is replaced as a whole; a study that is gone says so', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    await storage.updateStudy(study.id, { new: [true] });
    expect((await storage.findStudy('study'))?.spec).toEqual({ new: [true] });
    await expect(storage.updateStudy(study.id + 1, null)).rejects.toMatchObject({ code: 'storage.no-study' });
    await expect(storage.reserveIndex(study.id + 1, 'me')).rejects.toMatchObject({
      code: 'storage.no-study',
    });
  });

  test('a deleted study leaves nothing to one that gets its id, and its neighbor keeps everything', async () => {
    const storage = await open();
    const kept = await newStudy(storage, 'kept');
    const gone = await newStudy(storage, 'gone');
    for (const study of [kept, gone]) {
      const asked = await ask(storage, study.id, { lr: 0.1 }, newTrial(), { layers: 2 });
      await storage.report(asked.trial.id, attemptOf(asked), [
        { name: 'loss', step: 1, value: 2, objective: true },
      ]);
      await storage.finish(asked.trial.id, attemptOf(asked), ending());
      await storage.reserveIndex(study.id, 'me');
    }
    await storage.deleteStudy(gone.id);
    expect(await storage.findStudy('gone')).toBeNull();
    const next = await newStudy(storage, 'next');
    expect(await storage.rows(next.id, 0, 10)).toEqual([]);
    expect((await storage.columns(next.id)).metrics).toEqual([]);
    expect((await storage.reserveIndex(next.id, 'me')).index).toBe(0);
    expect((await ask(storage, next.id, { lr: 0.1 })).trial).toMatchObject({ number: 0, steps: new Map() });
    expect((await storage.columns(kept.id)).metrics).toEqual(['loss']);
    expect(await storage.rows(kept.id, 0, 10)).toHaveLength(1);
  });
});
