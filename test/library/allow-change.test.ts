import { describe, expect, test } from 'vitest';
import { categorical, createStudy, float, int, loadStudy, openStorage } from '../../src/index.js';
import { sqliteUrl } from './support.js';

const common = { name: 's', direction: 'minimize', loadIfExists: true, sampler: 'random' } as const;

describe('allowChange', () => {
  test('continues a study with lists of choices that grew and shrank, ranges and constraints', async () => {
    await using storage = await openStorage(sqliteUrl());
    const before = { opt: categorical(['sgd', 'adam']), x: float(0, 1) };
    {
      await using study = await createStudy({ ...common, storage, space: before });
      await study.optimize(({ params }) => params.x, { trials: 4 });
    }
    const space = { opt: categorical(['lion', 'adam', 'muon']), x: float(0, 2) };
    const now = { ...common, storage, space, constraints: [{ forbid: { opt: 'lion' } }] } as const;
    await expect(createStudy(now)).rejects.toMatchObject({
      code: 'study.changed',
      fix: expect.stringContaining('allowChange: true'),
    });
    await using study = await createStudy({ ...now, allowChange: true });
    await study.optimize(({ params }) => params.x, { trials: 16 });
    const opts = (await study.trials()).map(({ params }) => params.opt as string);
    expect(new Set(opts.slice(0, 4))).toEqual(new Set(['sgd', 'adam']));
    expect(new Set(opts.slice(4))).toEqual(new Set(['adam', 'muon']));
    // From now on this is the search of the study.
    await using again = await createStudy(now);
    expect(await again.trials()).toHaveLength(16);
  });

  test('of loadStudy gives the study another space', async () => {
    await using storage = await openStorage(sqliteUrl());
    {
      await using study = await createStudy({ ...common, storage, space: { n: categorical([1, 2]) } });
      await study.optimize(({ params }) => params.n, { trials: 2 });
    }
    const space = { n: categorical([3, 4]) };
    await expect(loadStudy({ name: 's', storage, space })).rejects.toMatchObject({ code: 'study.changed' });
    await using study = await loadStudy({ name: 's', storage, space, allowChange: true });
    await study.optimize(({ params }) => params.n, { trials: 4 });
    expect((await study.trials()).map(({ params }) => params.n).sort()).toEqual([1, 2, 3, 4]);
  });

  test('does not allow what Optuna would refuse, or another number of objectives, and no error says that it would', async () => {
    await using storage = await openStorage(sqliteUrl());
    await using study = await createStudy({ ...common, storage, space: { x: float(1, 4) } });
    expect(study.name).toBe('s');
    const { direction: _, ...rest } = common;
    const changes = [
      [{ ...common, space: { x: int(1, 4) } }, 'study.choices-changed'],
      [{ ...common, space: { x: float(1, 4, { log: true }) } }, 'study.choices-changed'],
      [
        { ...rest, space: { x: float(1, 4) }, objectives: { a: 'minimize', b: 'minimize' } },
        'study.objectives-changed',
      ],
      [common, 'study.changed'],
    ] as const;
    for (const [options, code] of changes) {
      for (const allowChange of [true, false]) {
        const opening = createStudy({ ...options, storage, allowChange } as Parameters<
          typeof createStudy
        >[0]);
        const fix = expect.not.stringContaining('allowChange');
        await expect(opening).rejects.toMatchObject({ code, fix });
      }
    }
  });
});
