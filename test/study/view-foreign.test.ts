import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { categorical, float } from '../../src/core/distribution.js';
import { createStudy } from '../../src/study/open-study.js';
import { makeSpec, opened, rows, ScriptedExecutor, sweep, T0, tempDir, trains } from './harness.js';

/** A trial as a worker of Optuna writes it. */
function addForeign(
  file: string,
  state: string,
  x: number | null,
  value: number | null,
  number: number,
): void {
  const database = new Database(file);
  const { lastInsertRowid: id } = database
    .prepare(`INSERT INTO trials (number, study_id, state) VALUES (?, 1, ?)`)
    .run(number, state);
  const json =
    '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}';
  if (x !== null)
    database
      .prepare(
        `INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, 'x', ?, ?)`,
      )
      .run(id, x, json);
  if (value !== null)
    database
      .prepare(`INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, 'FINITE')`)
      .run(id, value);
  database.close();
}

test('trials of other programs stand behind ours, and count for the budget; only a waiting one is run', async () => {
  const file = `${tempDir()}/hpo.db`;
  const storage = await opened(`sqlite:${file}`);
  const spec = makeSpec([{ name: 'x', distribution: float(0, 1) }], {
    sampler: { name: 'random', options: {} },
    repeats: 2,
  });
  const study = await createStudy(storage, { name: 'study', spec, seed: 1, nowMs: T0 });
  addForeign(file, 'COMPLETE', 0.25, 5, 0);
  addForeign(file, 'RUNNING', null, null, 1);
  expect(await study.trialCount()).toBe(2);
  expect((await study.view()).configs).toMatchObject([
    { index: -1, params: { x: 0.25 }, key: '[["x",0.25]]', state: 'complete', values: [5], trialCount: 1 },
  ]);
  addForeign(file, 'COMPLETE', 0.25, 7, 2);
  addForeign(file, 'WAITING', 0.75, null, 3);
  const executor = new ScriptedExecutor(trains(() => 1));
  expect((await sweep(study, executor, { budget: 6 })).end).toBe('budget');
  expect(executor.started.map(({ trial, params }) => [trial, params.x === 0.75])).toEqual([
    [3, true],
    [4, true],
    [5, false],
    [6, false],
  ]);
  expect((await study.view()).configs.map(({ index, values, trialCount: n }) => [index, values, n])).toEqual([
    [-1, [1], 2],
    [0, [1], 2],
    [-1, [6], 2],
  ]);
  expect((await rows(study)).map((row) => row.state)).toEqual([
    'complete',
    'running',
    'complete',
    'complete',
    'complete',
    'complete',
    'complete',
  ]);
});

test('a foreign trial of a configuration of ours belongs to it', async () => {
  const file = `${tempDir()}/hpo.db`;
  const storage = await opened(`sqlite:${file}`);
  const spec = makeSpec([{ name: 'x', distribution: categorical([0.25, 0.5]) }]);
  const study = await createStudy(storage, { name: 'study', spec, seed: 1, nowMs: T0 });
  await sweep(study, new ScriptedExecutor(trains(() => 1)), {});
  addForeign(file, 'COMPLETE', 0.25, 3, 2);
  expect((await study.view()).configs.map(({ values, trialCount: n }) => [values, n])).toEqual([
    [[2], 2],
    [[1], 1],
  ]);
});

test('what another program tried meanwhile is not asked for, however the study has been asked before', async () => {
  const file = `${tempDir()}/hpo.db`;
  const storage = await opened(`sqlite:${file}`);
  const spec = makeSpec([{ name: 'x', distribution: categorical([0.25, 0.5, 0.75]) }]);
  const study = await createStudy(storage, { name: 'study', spec, seed: 1, nowMs: T0 });
  expect(await study.ask(null, T0)).toMatchObject({ config: { params: { x: 0.25 } } });
  addForeign(file, 'COMPLETE', 0.5, 3, 1);
  expect(await study.ask(null, T0)).toMatchObject({ config: { params: { x: 0.75 } }, trial: { number: 2 } });
  expect(await study.ask(null, T0)).toHaveProperty('exhausted');
});
