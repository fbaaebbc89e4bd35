import { expect, test } from 'vitest';
import { NO_REMARKS } from '../../src/storage/annotation.js';
import type { ImportedTrialRecord } from '../../src/storage/storage.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { countOf } from './lookups.js';
import { ask, describeStorages, ending, filled, newStudy, T0 } from './support.js';

const past = (lr: number, more: Partial<ImportedTrialRecord> = {}): ImportedTrialRecord => ({
  filled: filled({ lr }),
  remarks: NO_REMARKS,
  opening: { repeat: 0, seed: 7, startedAtMs: T0 },
  points: [{ name: 'loss', step: null, value: lr, objective: true }],
  ending: ending({ values: [lr], reason: 'imported', finishedAtMs: T0 + 5 }),
  ...more,
});

describeStorages('TrialStore: imported trials', (open) => {
  test('they are complete at once, and take no index', async () => {
    const storage = await open();
    const { id } = await newStudy(storage);
    await ask(storage, id, { lr: 0.1 });
    expect(await storage.importFinished(id, [past(0.2), past(0.1), past(0.3), past(0.2)])).toEqual([
      1,
      null,
      2,
      null,
    ]);
    expect(await readTrialRow(storage, id, 2)).toMatchObject({
      state: 'complete',
      attempt: 0,
      seed: 7,
      values: [0.3],
      metrics: { loss: 0.3 },
      startedAtMs: T0,
      finishedAtMs: T0 + 5,
      reason: 'imported',
    });
    expect((await storage.unfinished(id)).map(({ trial }) => trial.number)).toEqual([0]);
    expect((await ask(storage, id, { lr: 0.4 })).config).toMatchObject({ index: 1, number: 3 });
  });

  test('they bring attributes, a note and tags, in the same transaction', async () => {
    const storage = await open();
    const { id } = await newStudy(storage);
    const remarks = { attrs: { commit: 'a1b2', files: ['x', 'y'] }, note: 'half the rate', tags: ['kept'] };
    await storage.importFinished(id, [past(0.2), past(0.1, { remarks }), past(0.2, { remarks })]);
    expect(await storage.readTrialAttributes(id, 0, 10)).toEqual(new Map([[1, remarks.attrs]]));
    const [bare, full] = await Promise.all([readTrialRow(storage, id, 0), readTrialRow(storage, id, 1)]);
    expect(bare).toMatchObject({ note: null, tags: [] });
    expect(full).toMatchObject({ note: 'half the rate', tags: ['kept'] });
  });

  test('all of them or none', async () => {
    const storage = await open();
    const { id } = await newStudy(storage);
    const bad = [
      past(0.2, { points: [{ name: 'loss', step: -1, value: 1, objective: true }] }),
      past(0.2, { ending: ending({ values: [Number.NaN] }) }),
      past(0.2, { filled: { ...filled({ lr: 0.2 }), distributions: {} } }),
    ];
    for (const [k, one] of bad.entries()) {
      const code = ['storage.bad-step', 'storage.bad-values', 'storage.no-distribution'][k];
      await expect(storage.importFinished(id, [past(0.1), one])).rejects.toMatchObject({ code });
    }
    expect(await countOf(storage, id, 'trials')).toBe(0);
    await expect(storage.importFinished(999, [])).rejects.toMatchObject({ code: 'storage.no-study' });
  });
});
