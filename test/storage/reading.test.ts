import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { countOf } from './lookups.js';
import { ask, attemptOf, describeStorages, ending, folder, newStudy, newTrial, opened } from './support.js';

describeStorages('StudyReader', (open) => {
  test('changes list what is new and what was asked about, each trial once and in order', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const other = await newStudy(storage, 'other');
    const asked = [];
    // More than one query's worth of ids, so that the pages are joined rightly.
    for (let i = 0; i < 120; i++) asked.push(await ask(storage, study.id, { lr: (i + 1) / 200 }));
    await ask(storage, other.id, { lr: 0.1 });
    const ids = asked.map((each) => each.trial.id);
    const middle = asked[99] as (typeof asked)[number];
    const since = { configId: middle.config.id, trialId: middle.trial.id, unfinished: [...ids].reverse() };
    const changes = await storage.changes(study.id, since);
    expect(changes.trials.map((trial) => trial.id)).toEqual(ids);
    expect(changes.configs.map((config) => config.number)).toEqual([...Array(20).keys()].map((i) => 100 + i));
    const few = await storage.changes(study.id, {
      ...since,
      unfinished: [ids[3] as number, ids[1] as number],
    });
    expect(few.trials.map((trial) => trial.number)).toEqual([
      1,
      3,
      ...[...Array(20).keys()].map((i) => 100 + i),
    ]);
    expect(few.trials[0]).toEqual(asked[1]?.trial);
  });

  test('rows come in pages by trial number, with the configuration of each', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    for (let i = 0; i < 5; i++) {
      const asked = await ask(storage, study.id, { layers: i + 1 }, newTrial(), { opt: 'sgd' });
      await storage.addRepeat(asked.config.id, newTrial(1));
      const attempt = attemptOf(asked);
      await storage.report(asked.trial.id, attempt, [
        { name: 'b', step: 0, value: i, objective: false },
        { name: 'b', step: 10, value: i + 0.5, objective: false },
        { name: 'a', step: 7, value: -i, objective: false },
      ]);
      await storage.finish(asked.trial.id, attempt, ending({ values: [i] }));
    }
    const all = await storage.rows(study.id, 0, 100);
    expect(all.map((row) => [row.number, row.configuration, row.values, row.params, row.forced])).toEqual(
      [...Array(10).keys()].map((n) => {
        const config = Math.floor(n / 2);
        return [n, config, n % 2 === 0 ? [config] : null, { layers: config + 1 }, { opt: 'sgd' }];
      }),
    );
    expect(all[4]).toMatchObject({ metrics: { a: -2, b: 2.5 }, epochs: 3 });
    expect(all[5]).toMatchObject({ metrics: {}, epochs: 0 });
    const paged = [await storage.rows(study.id, 0, 3), await storage.rows(study.id, 3, 7)];
    expect(paged.flat()).toEqual(all);
    expect(await readTrialRow(storage, study.id, 4)).toEqual(all[4]);
    expect(await readTrialRow(storage, study.id, 10)).toBeNull();
    expect(await storage.rows(study.id, 10, 5)).toEqual([]);
  });

  test('what a trial breaks of its limits is kept with its end, and gone when it is opened again', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const first = await ask(storage, study.id, { lr: 0.1 });
    const violations = [0.25, -1, Number.POSITIVE_INFINITY];
    await storage.finish(first.trial.id, attemptOf(first), ending({ violations }));
    const second = await ask(storage, study.id, { lr: 0.2 });
    await storage.finish(
      second.trial.id,
      attemptOf(second),
      ending({ state: 'fail', values: null, violations: [1] }),
    );
    const read = async () =>
      (await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] })).trials.map(
        (trial) => trial.violations,
      );
    expect(await read()).toEqual([violations, [1]]);
    expect((await storage.rows(study.id, 0, 2)).map((row) => row.violations)).toEqual([violations, [1]]);
    await storage.reopen(second.trial.id);
    expect(await read()).toEqual([violations, []]);
  });

  test('epochs are the distinct steps of each trial, whatever the metric; final values are none', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    expect(await countOf(storage, study.id, 'epochs')).toBe(0);
    for (const lr of [0.1, 0.2]) {
      const { trial, attempt } = await ask(storage, study.id, { lr });
      const points = [
        { name: 'loss', step: 1, value: 1, objective: true },
        { name: 'loss', step: 2, value: 1, objective: true },
        { name: 'acc', step: 2, value: 1, objective: false },
        { name: 'acc', step: 7, value: 1, objective: false },
        { name: 'acc', step: null, value: 1, objective: false },
      ];
      await storage.report(trial.id, attempt?.id ?? null, points);
    }
    expect(await countOf(storage, study.id, 'epochs')).toBe(6);
    expect(await countOf(storage, (await newStudy(storage, 'other')).id, 'epochs')).toBe(0);
  });

  test('the version stays while nobody writes and differs after every write', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const before = await storage.changeToken();
    await storage.rows(study.id, 0, 10);
    expect(await storage.changeToken()).toBe(before);
    await storage.reserveIndex(study.id, 'me');
    expect(await storage.changeToken()).not.toBe(before);
  });

  test('operations happen in the order they were called, and none after the end', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const asked = await ask(storage, study.id, { lr: 0.1 });
    const attempt = attemptOf(asked);
    const reports = [...Array(20).keys()].map((step) =>
      storage.report(asked.trial.id, attempt, [{ name: 'loss', step: 0, value: step, objective: true }]),
    );
    const told = storage.finish(asked.trial.id, attempt, ending());
    const row = readTrialRow(storage, study.id, 0);
    const closed = storage.close();
    expect(await Promise.all(reports)).toEqual(reports.map(() => true));
    expect(await told).toBe(true);
    expect(await row).toMatchObject({ state: 'complete', metrics: { loss: 19 } });
    await closed;
    await storage.close();
    await expect(storage.listStudies()).rejects.toMatchObject({ code: 'storage.closed' });
  });
});

test('the version differs after another connection has written', async () => {
  const url = `sqlite:${join(await folder(), 'study.db')}`;
  const [here, there] = [await opened(url), await opened(url)];
  const before = await here.changeToken();
  const study = await newStudy(there);
  expect(await here.changeToken()).not.toBe(before);
  expect(await here.findStudy('study')).toEqual(study);
});
