import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import type { JsonValue } from '../../src/core/trial.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { askOptuna, runOptuna } from '../support/optuna.js';
import { describeWithReal } from '../support/real-part.js';
import { waitingIn } from './lookups.js';
import {
  ask,
  attemptOf,
  ending,
  filled,
  folder,
  newAttempt,
  newStudy,
  newTrial,
  opened,
  T0,
} from './support.js';

// Other programs start and sync their files here, which a busy machine makes slow.
vi.setConfig({ testTimeout: 120_000 });

type Read = { [key: string]: JsonValue; trials: { [key: string]: JsonValue }[] };
const readByOptuna = (path: string, study: string) => askOptuna<Read>('read_study.py', path, [study]);

const all = { configId: 0, trialId: 0, unfinished: [] };

describeWithReal('optuna', 'together with the real Optuna', () => {
  test('Optuna reads states, parameters, values and intermediate values of our study', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const study = await newStudy(storage);
    const point = (step: number | null, value: number) => ({ name: 'loss', step, value, objective: true });

    const params = { lr: 0.00001, layers: 3, opt: null };
    const done = await ask(storage, study.id, params, newTrial(), { momentum: 0, name: 'é' });
    const odd = [point(0, Number.NaN), point(1, Number.POSITIVE_INFINITY), point(2, 0.5), point(null, 0.5)];
    await storage.report(done.trial.id, attemptOf(done), odd);
    await storage.finish(done.trial.id, attemptOf(done), ending({ values: [0.5] }));

    const pruned = await ask(storage, study.id, { opt: 'adam' });
    await storage.report(pruned.trial.id, attemptOf(pruned), [point(3, 2)]);
    await storage.recordGpuUsage(pruned.trial.id, attemptOf(pruned), {
      cardUtilizationPercent: 63,
      memoryMiB: 4096.5,
      cardMemoryMiB: null,
      shared: true,
    });
    await storage.finish(pruned.trial.id, attemptOf(pruned), ending({ state: 'pruned', values: [2] }));

    const failed = await ask(storage, study.id, { lr: 0.2 });
    await storage.report(failed.trial.id, attemptOf(failed), [point(0, 1)]);
    await storage.finish(failed.trial.id, attemptOf(failed), ending({ state: 'fail', values: null }));

    const infinite = await ask(storage, study.id, { lr: 1 });
    await storage.finish(
      infinite.trial.id,
      attemptOf(infinite),
      ending({ values: [Number.NEGATIVE_INFINITY] }),
    );
    await storage.addRepeat(done.config.id, newTrial(1));

    // Read while it is open here, in WAL mode.
    const read = await readByOptuna(path, 'study');
    expect(read).toMatchObject({ directions: ['MINIMIZE'], metric_names: ['loss'], best: 3 });
    expect(read.trials.map((t) => [t.number, t.state, t.values])).toEqual([
      [0, 'COMPLETE', [0.5]],
      [1, 'PRUNED', [2]],
      [2, 'FAIL', null],
      [3, 'COMPLETE', [Number.NEGATIVE_INFINITY]],
      [4, 'RUNNING', null],
    ]);
    expect(read.trials.map((t) => t.params)).toEqual([
      params,
      { opt: 'adam' },
      { lr: 0.2 },
      { lr: 1 },
      params,
    ]);
    expect(read.trials[0]).toMatchObject({
      intermediate: { 0: Number.NaN, 1: Number.POSITIVE_INFINITY, 2: 0.5 },
      user_attrs: { 'hpo:set': { momentum: 0, name: 'é' } },
      start: new Date(T0).toISOString().replace('123Z', '123000'),
      complete: '2024-03-01T00:00:00.623000',
      distributions: {
        lr: 'FloatDistribution(high=1.0, log=True, low=1e-05, step=None)',
        layers: 'IntDistribution(high=8, log=False, low=1, step=1)',
        opt: "CategoricalDistribution(choices=('sgd', 'adam', None))",
      },
    });
    const gauge = (value: number) => ({ mean: value, max: value, samples: 1 });
    const use = {
      cardUtilizationPercent: gauge(63),
      memoryMiB: gauge(4096.5),
      cardMemoryMiB: null,
      shared: true,
    };
    expect(read.trials[1]).toMatchObject({ intermediate: { 3: 2 }, user_attrs: { 'hpo:gpu': use } });
  });

  test('a worker of Optuna and ours share one study and one sequence of trials', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const spec = { objectives: [{ metric: 'score' }] };
    const study = await storage.createStudy({
      name: 's',
      directions: ['maximize'],
      seed: 1,
      spec,
      createdAtMs: T0,
    });
    const ours = await ask(storage, study.id, { lr: 0.1 });
    const version = await storage.changeToken();
    const [lr, layers, opt] = (await runOptuna('work_on_study.py', path, ['s'])).trim().split('\n');
    expect(await storage.changeToken()).not.toBe(version);
    const after = await ask(storage, study.id, { lr: 0.2 });
    expect(after.trial.number).toBe(6);

    const { configs, trials } = await storage.changes(study.id, { ...all, trialId: ours.trial.id });
    expect(configs).toHaveLength(2);
    expect(trials.map((t) => [t.number, t.configId, t.state, t.values])).toEqual([
      [1, null, 'complete', [0.25]],
      [2, null, 'pruned', [3.5]],
      [3, null, 'fail', null],
      [4, null, 'running', null],
      [5, null, 'waiting', null],
      [6, after.config.id, 'running', null],
    ]);
    expect(trials[0]?.params).toEqual({
      lr: Number(lr),
      layers: Number(layers),
      opt: opt === 'None' ? null : opt,
    });
    expect([...(trials[0]?.steps ?? [])]).toEqual([
      [0, Number.POSITIVE_INFINITY],
      [1, 0.25],
    ]);
    expect([...(trials[1]?.steps ?? [])]).toEqual([
      [0, Number.NaN],
      [4, 3.5],
    ]);
    expect(['[1, 2]', 'text']).toContain(trials[3]?.params.list);

    const row = { configuration: null, attempt: 0, seed: null, device: null, metrics: {}, forced: {} };
    expect(await readTrialRow(storage, study.id, 2)).toMatchObject({
      ...row,
      state: 'pruned',
      values: [3.5],
      epochs: 2,
    });
    const waiting = { state: 'waiting', queued: true, startedAtMs: null };
    expect(await readTrialRow(storage, study.id, 5)).toMatchObject({ ...row, ...waiting });
    const running = trials[3]?.id as number;
    expect(await storage.restart(running, { fromAsker: null, attempt: newAttempt() })).toBeNull();
    expect(await storage.finish(running, null, ending({ values: [9] }))).toBe(true);
    expect((await readByOptuna(path, 's')).trials[4]).toMatchObject({ state: 'COMPLETE', values: [9] });
  });

  test('a database that Optuna made opens, and its studies are listed and worked on', async () => {
    const path = join(await folder(), 'study.db');
    await runOptuna('work_on_study.py', path, ['theirs']);
    const storage = await opened(`sqlite:${path}`);
    const study = await storage.findStudy('theirs');
    expect(study).toEqual({
      id: 1,
      name: 'theirs',
      uid: null,
      directions: ['maximize'],
      seed: null,
      spec: null,
      createdAtMs: null,
    });
    const counts = { waiting: 1, running: 1, complete: 1, pruned: 1, fail: 1 };
    const all = [{ ...study, counts, pausedTrials: 0, configurations: 0, broken: null }];
    expect(await storage.listStudies()).toEqual(all);
    await storage.updateStudy(1, { objectives: [{ metric: 'score' }] });
    expect((await ask(storage, 1, { lr: 0.1 })).trial.number).toBe(5);
    await storage.close();
    expect(await readByOptuna(path, 'theirs')).toMatchObject({ metric_names: ['score'] });
  });

  test('an enqueued trial is taken once, by whoever comes first: a worker of Optuna takes ours, and we take its', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const study = await newStudy(storage);
    await storage.enqueue(study.id, [{ lr: 0.125, opt: 'adam' }]);
    const [ours] = await waitingIn(storage, study.id);
    const got = JSON.parse(await runOptuna('take_waiting.py', path, ['study']));
    expect(got).toMatchObject({ number: 0, lr: 0.125, opt: 'adam' });
    expect(await storage.claimEnqueued(ours?.id ?? -1, filled({ lr: 0.125 }), newTrial())).toBe('taken');
    const waiting = await waitingIn(storage, study.id);
    expect(waiting.map(({ number, fixed }) => [number, fixed])).toEqual([[1, { lr: 0.75, opt: null }]]);
    const claimed = await storage.claimEnqueued(
      waiting[0]?.id ?? -1,
      filled({ lr: 0.75, opt: null }),
      newTrial(),
    );
    if (typeof claimed !== 'object') throw new Error(claimed);
    await storage.finish(claimed.trial.id, attemptOf(claimed), ending({ values: [0.25] }));
    const read = await readByOptuna(path, 'study');
    expect(read.trials).toMatchObject([
      { state: 'COMPLETE', params: { lr: 0.125, opt: 'adam' } },
      { state: 'COMPLETE', params: { lr: 0.75, opt: null }, values: [0.25] },
    ]);
  });

  test("a configuration that breaks a limit is not Optuna's best trial either", async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const study = await newStudy(storage);
    const told: [number, number, readonly number[]][] = [
      [0.1, 0.5, [0, -1]],
      [0.2, 0.25, [0.5, -1]],
    ];
    for (const [lr, value, violations] of told) {
      const asked = await ask(storage, study.id, { lr });
      await storage.finish(asked.trial.id, attemptOf(asked), ending({ values: [value], violations }));
    }
    expect(await readByOptuna(path, 'study')).toMatchObject({ best: 0 });
  });

  test('objectives that are another metric now: Optuna reads the new values and steps, and none where there are none', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const study = await newStudy(storage);
    for (const [k, lr] of [0.1, 0.2, 0.4].entries()) {
      const asked = await ask(storage, study.id, { lr });
      const loss = { name: 'loss', step: 1, value: k, objective: true };
      const acc = { name: 'acc', step: 2, value: 10 + k, objective: false };
      // The best by its loss has no accuracy.
      await storage.report(asked.trial.id, attemptOf(asked), k === 0 ? [loss] : [loss, acc]);
      await storage.finish(asked.trial.id, attemptOf(asked), ending({ values: [k] }));
    }
    // A worker of Optuna knows nothing of the other metric either.
    await runOptuna('work_on_study.py', path, ['study']);
    const before = await readByOptuna(path, 'study');
    const recomputed = await storage.updateStudy(
      study.id,
      { objectives: [{ metric: 'acc' }] },
      {
        directions: ['maximize'],
        objectives: {
          before: ['loss'],
          now: ['acc'],
          values: (_, [acc]) => [[...(acc?.steps.values() ?? [])].at(-1) ?? null],
        },
      },
    );
    const read = await readByOptuna(path, 'study');
    expect(read).toMatchObject({ directions: ['MAXIMIZE'], metric_names: ['acc'], best: 2 });
    expect(read.trials.map(({ state }) => state)).toEqual(before.trials.map(({ state }) => state));
    expect(read.trials.map(({ values, intermediate }) => [values, intermediate])).toEqual([
      [null, {}],
      [[11], { 2: 11 }],
      [[12], { 2: 12 }],
      ...before.trials.slice(3).map(() => [null, {}]),
    ]);
    const finished = before.trials.filter(({ state }) => state === 'COMPLETE' || state === 'PRUNED').length;
    expect(recomputed).toEqual({ trials: finished, without: [finished - 2] });
  });

  test('a study that Optuna deletes takes our rows along', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const gone = await newStudy(storage, 'gone');
    const asked = await ask(storage, gone.id, { lr: 0.1 });
    await storage.report(asked.trial.id, attemptOf(asked), [
      { name: 'loss', step: 0, value: 1, objective: true },
    ]);
    await storage.reserveIndex(gone.id, 'me');
    await runOptuna('work_on_study.py', path, ['kept', 'gone']);
    expect((await storage.listStudies()).map((study) => study.name)).toEqual(['kept']);
    expect(await storage.finish(asked.trial.id, attemptOf(asked), ending())).toBe(false);
    await storage.close();
    const database = new Database(path, { readonly: true });
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'hpo_%'")
      .pluck();
    const left = (tables.all() as string[])
      // The clocks and the changes of the trials that Optuna has just made in the study that stays.
      .filter((table) => !['hpo_version', 'hpo_clocks', 'hpo_changes'].includes(table))
      .map((table) => [table, database.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get()]);
    const clocks = database.prepare(
      'SELECT (SELECT COUNT(*) FROM hpo_clocks) = (SELECT COUNT(*) FROM trials WHERE datetime_start IS NOT NULL)',
    );
    expect(clocks.pluck().get()).toBe(1);
    const changes = database.prepare(
      'SELECT COUNT(*) FROM hpo_changes WHERE trial_id NOT IN (SELECT trial_id FROM trials)',
    );
    expect(changes.pluck().get()).toBeLessThanOrEqual(1);
    database.close();
    expect(left.length).toBeGreaterThanOrEqual(7);
    expect(left.filter(([, count]) => count !== 0)).toEqual([]);
  });
});
