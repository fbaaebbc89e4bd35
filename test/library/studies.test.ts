import { describe, expect, test } from 'vitest';
import {
  copyStudy,
  createStudy,
  deleteStudy,
  float,
  int,
  listStudies,
  loadStudy,
  openStorage,
  type Study,
} from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

const space = { x: float(0, 1), n: int(1, 4) };

describe('await using', () => {
  test('closes the study, also after a throw', async () => {
    const storage = sqliteUrl();
    const seen: { trials(): Promise<unknown> }[] = [];
    const fails = async () => {
      await using study = await createStudy({ storage, direction: 'minimize', space });
      seen.push(study);
      for await (const trial of study.run({ trials: '+3' })) {
        if (trial.number === 1) throw new Error('my defect');
        await trial.complete(1);
      }
    };
    await expect(fails()).rejects.toThrow('my defect');
    await expect(seen[0]?.trials()).rejects.toMatchObject({ code: 'storage.closed' });
    const again = await closing(loadStudy({ name: 'study', storage }));
    expect((await again.trials()).map(({ state }) => state)).toEqual(['complete', 'fail']);
  });
});

describe('a shared storage', () => {
  test.each(['memory:', 'a file'])('in %s serves several studies, and outlives them', async (where) => {
    const storage = await openStorage(where === 'a file' ? sqliteUrl() : where);
    const a = await createStudy({ name: 'a', storage, direction: 'minimize', space });
    const b = await createStudy({ name: 'b', storage, direction: 'maximize', space });
    for await (const trial of a.run({ trials: '+2' })) await trial.complete(1);
    await a.close();
    await expect(a.trials()).rejects.toMatchObject({ code: 'storage.closed' });
    expect(() => a.stop()).not.toThrow();
    for await (const trial of b.run({ trials: '+1' })) await trial.complete(1);
    const again = await loadStudy({ name: 'a', storage });
    expect(await again.trials()).toHaveLength(2);
    await storage.close();
    await expect(b.trials()).rejects.toMatchObject({ code: 'storage.closed' });
    await expect(createStudy({ name: 'c', storage, direction: 'minimize' })).rejects.toMatchObject({
      code: 'storage.closed',
    });
  });

  test('is what openStorage opened, and nothing else', async () => {
    const storage = { url: 'memory:', close: async () => {} } as never;
    await expect(createStudy({ direction: 'minimize', storage })).rejects.toMatchObject({
      code: 'study.storage',
    });
  });
});

describe('studies of a storage', () => {
  test('are listed, and deleted by name', async () => {
    const storage = sqliteUrl();
    await (
      await createStudy({ name: 'a', storage, objectives: { q: 'maximize', c: 'minimize' }, space })
    ).close();
    const b = await createStudy({ name: 'b', storage, direction: 'minimize', space });
    for await (const trial of b.run({ trials: '+2' })) await trial.complete(1);
    await b.close();
    const listed = await listStudies({ storage });
    expect(listed.map(({ name, objectives, trials }) => [name, objectives, trials])).toEqual([
      ['a', { q: 'maximize', c: 'minimize' }, 0],
      ['b', { objective: 'minimize' }, 2],
    ]);
    await deleteStudy({ name: 'b', storage });
    expect((await listStudies(storage)).map(({ name }) => name)).toEqual(['a']);
    await expect(deleteStudy({ name: 'b', storage })).rejects.toMatchObject({ code: 'study.not-found' });
    await expect(listStudies({ storage: storage.concat('x') })).rejects.toMatchObject({
      code: 'storage.not-found',
    });
  });

  test.each([true, false])(
    'are copied with their trials, and continue as the original does (declared: %s)',
    async (declared) => {
      const storage = await openStorage('memory:');
      const target = sqliteUrl();
      const search = { direction: 'minimize', seed: 4, sampler: 'tpe', ...(declared && { space }) } as const;
      const original: Study = await createStudy({ ...search, name: 'a', storage, repeats: declared ? 2 : 1 });
      const losses = [];
      const run = async (study: Study, totalTrials: number) => {
        for await (const trial of study.run({ totalTrials })) {
          const x = declared ? Number(trial.params.x) : trial.suggestFloat('x', 0, 1);
          if (trial.number < 3) trial.report(9, 1);
          trial.attrs.set({ k: trial.number });
          if (trial.number === 1) await trial.fail('by plan');
          else await trial.complete(x + trial.number / 100);
          losses.push(x);
        }
      };
      await run(original, 10);
      if (declared) await original.enqueue({ n: 3 });
      await copyStudy({ name: 'a', storage, to: { name: 'copy', storage: target } });
      const copy = await closing(loadStudy({ name: 'copy', storage: target }));
      const shown = async (study: Study) =>
        (await study.trials()).map(({ startedAtMs: _, finishedAtMs: __, ...rest }) => rest);
      expect(await shown(copy)).toEqual(await shown(original));
      await run(original, 13);
      await run(copy, 13);
      expect(await shown(copy)).toEqual(await shown(original));
      await expect(copyStudy({ name: 'a', storage, to: {} })).rejects.toMatchObject({
        code: 'storage.study-exists',
      });
      await storage.close();
    },
  );

  test('loadStudy with objectives refuses others', async () => {
    const storage = sqliteUrl();
    await (await createStudy({ storage, objectives: { q: 'maximize', c: 'minimize' }, space })).close();
    const same = await closing(
      loadStudy({ name: 'study', storage, space, objectives: { c: 'minimize', q: 'maximize' } }),
    );
    for await (const trial of same.run({ trials: '+1' })) await trial.complete({ q: 1, c: 2 });
    expect((await same.trials())[0]?.values).toEqual([1, 2]);
    for (const [objectives, code] of [
      [{ q: 'maximize' }, 'study.objectives-changed'],
      [{ q: 'minimize', c: 'minimize' }, 'study.changed'],
      [{ q: 'maximize', d: 'minimize' }, 'study.changed'],
    ] as const)
      await expect(
        loadStudy({ name: 'study', storage, objectives: objectives as never }),
      ).rejects.toMatchObject({ code });
  });
});
