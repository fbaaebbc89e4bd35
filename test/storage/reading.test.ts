import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, attemptOf, describeStorages, ending, folder, newStudy, newTrial, opened } from './support.js';

describeStorages('reading', (open) => {
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
      await storage.addTrial(asked.config.id, newTrial(1));
      const attempt = attemptOf(asked);
      await storage.report(asked.trial.id, attempt, [
        { name: 'b', step: 0, value: i, objective: false },
        { name: 'b', step: 10, value: i + 0.5, objective: false },
        { name: 'a', step: 7, value: -i, objective: false },
      ]);
      await storage.tell(asked.trial.id, attempt, ending({ values: [i] }));
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
    expect(await storage.row(study.id, 4)).toEqual(all[4]);
    expect(await storage.row(study.id, 10)).toBeNull();
    expect(await storage.rows(study.id, 10, 5)).toEqual([]);
  });

  test('the version stays while nobody writes and differs after every write', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const before = storage.changeToken();
    await storage.rows(study.id, 0, 10);
    expect(storage.changeToken()).toBe(before);
    await storage.reserveIndex(study.id, 'me');
    expect(storage.changeToken()).not.toBe(before);
  });

  test('operations happen in the order they were called, and none after the end', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const asked = await ask(storage, study.id, { lr: 0.1 });
    const attempt = attemptOf(asked);
    const reports = [...Array(20).keys()].map((step) =>
      storage.report(asked.trial.id, attempt, [{ name: 'loss', step: 0, value: step, objective: true }]),
    );
    const told = storage.tell(asked.trial.id, attempt, ending());
    const row = storage.row(study.id, 0);
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
  const before = here.changeToken();
  const study = await newStudy(there);
  expect(here.changeToken()).not.toBe(before);
  expect(await here.findStudy('study')).toEqual(study);
});
