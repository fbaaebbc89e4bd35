import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeSweep, readCsv } from '../support/cli.js';
import { askOptuna } from '../support/optuna.js';
import { describeWithReal } from '../support/real-part.js';

type Read = {
  readonly directions: readonly string[];
  readonly metric_names: readonly string[];
  readonly best: number;
  readonly front: readonly number[] | null;
  readonly trials: readonly Readonly<Record<string, unknown>>[];
};

const readByOptuna = (cwd: string) => askOptuna<Read>('read_study.py', join(cwd, 'storage/hpo.db'), ['s']);

describeWithReal('optuna', 'the database of a sweep, read by the real Optuna', () => {
  test('has its states, parameters, values, intermediate values and times', async () => {
    const cwd = makeSweep({
      trainer: 'hopeless.sh',
      max_concurrent: 1,
      parameters: { x: [1, 2, 3], opt: ['a', null], size: { min: 8, max: 8, int: true, log: true } },
      constraints: [{ when: { x: { ge: 1 } }, set: { opt: 'forced' } }],
      pruner: { name: 'median', startup_trials: 1 },
    });
    await hpo(cwd, 'optimize');
    const read = await readByOptuna(cwd);
    expect(read).toMatchObject({ directions: ['MINIMIZE'], metric_names: ['loss'], best: 0 });
    const rows = readCsv(join(cwd, 'cfg/runs.csv'));
    const time = (iso: string | undefined) => iso?.replace('Z', '000');
    const times = rows.map((row) => ({ start: time(row.started_at), complete: time(row.finished_at) }));
    const common = { user_attrs: { 'hpo:set': { opt: 'forced' } } };
    const distributions = {
      x: 'CategoricalDistribution(choices=(1, 2, 3))',
      size: 'IntDistribution(high=8, log=True, low=8, step=1)',
    };
    expect(read.trials).toMatchObject([
      {
        ...common,
        number: 0,
        state: 'COMPLETE',
        values: [1.5],
        params: { x: 1, size: 8 },
        intermediate: { 1: 3, 2: Number.NaN, 3: 1.5, 4: 1.5 },
        distributions,
      },
      {
        ...common,
        number: 1,
        state: 'PRUNED',
        values: [8],
        params: { x: 2, size: 8 },
        intermediate: { 1: 2.5, 2: 7, 3: 8 },
      },
      {
        ...common,
        number: 2,
        state: 'FAIL',
        values: null,
        params: { x: 3, size: 8 },
        intermediate: { 1: 0.5 },
      },
    ]);
    expect(times).toHaveLength(3);
    expect(read.trials.map((trial) => trial.params)).toEqual([1, 2, 3].map((x) => ({ x, size: 8 })));
    expect(read.trials.map(({ start, complete }) => ({ start, complete }))).toEqual(
      times.map((each) => ({
        start: (each.start as string).replace(/\.000000$/, ''),
        complete: (each.complete as string).replace(/\.000000$/, ''),
      })),
    );
  });

  test('has the same Pareto front as hpo best', async () => {
    const cwd = makeSweep({
      trainer: 'two.sh',
      objective: undefined,
      objectives: [
        { metric: 'gain', direction: 'maximize' },
        { metric: 'cost', direction: 'minimize' },
      ],
      sampler: 'random',
      trials: 20,
      parameters: { a: { min: 1, max: 9, int: true }, b: { min: 1, max: 9 } },
      // What gains more costs more.
      constraints: [
        { forbid: { a: [3, 4], b: { lt: 3 } } },
        { forbid: { a: [5, 6], b: { lt: 5 } } },
        { forbid: { a: [7, 8], b: { lt: 7 } } },
      ],
    });
    await hpo(cwd, 'optimize');
    const read = await readByOptuna(cwd);
    expect(read).toMatchObject({ directions: ['MAXIMIZE', 'MINIMIZE'], metric_names: ['gain', 'cost'] });
    // Of a = 9 the second objective is missing: these have failed.
    expect(new Set(read.trials.map(({ state }) => state))).toEqual(new Set(['COMPLETE', 'FAIL']));
    const front = JSON.parse(await hpo(cwd, 'best', '--json')) as readonly { trials: readonly number[] }[];
    expect(front.length).toBeGreaterThan(1);
    expect(front.flatMap(({ trials }) => trials).sort((x, y) => x - y)).toEqual(read.front);
  });
});

describeWithReal('optuna-tables', "a sweep in Optuna's tables", () => {
  type Frame = {
    readonly columns: readonly string[];
    readonly rows: readonly Readonly<Record<string, string | number | null>>[];
    readonly best: number | null;
    readonly importances: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  const weights = { a: { min: 0, max: 1 }, b: { min: 0, max: 1 }, c: { min: 0, max: 1 } };

  test('shows each trial as runs.csv does, has the same best trial, and parameters matter as much', async () => {
    const cwd = makeSweep({ trainer: 'weigh.sh', sampler: 'random', trials: 60, parameters: weights });
    await hpo(cwd, 'optimize');
    const frame = await askOptuna<Frame>('frame.py', join(cwd, 'storage/hpo.db'), [
      's',
      'fanova',
      'mdi',
      'ped',
    ]);
    const rows = readCsv(join(cwd, 'cfg/runs.csv'));
    expect(frame.columns).toEqual([
      ...['number', 'value_loss', 'datetime_start', 'datetime_complete', 'duration'],
      ...['params_a', 'params_b', 'params_c', 'state'],
    ]);
    // A whole second has no fraction in Python's words.
    const time = (text: unknown) => new Date(`${text}Z`).toISOString();
    expect(
      frame.rows.map((row) => ({
        trial: String(row.number),
        objective: String(row.value_loss),
        ...{ a: String(row.params_a), b: String(row.params_b), c: String(row.params_c) },
        state: row.state,
        ...{ started_at: time(row.datetime_start), finished_at: time(row.datetime_complete) },
      })),
    ).toMatchObject(
      rows.map(({ trial, objective, a, b, c, state, started_at, finished_at }) => {
        return { trial, objective, a, b, c, state, started_at, finished_at };
      }),
    );
    const [best] = JSON.parse(await hpo(cwd, 'best', '--json')) as [{ trials: number[]; value: number }];
    expect(best.trials).toEqual([frame.best]);

    const ours = JSON.parse(await hpo(cwd, 'importance', '--json')) as {
      objectives: [{ objective: string; parameters: { name: string; importance: number }[] }];
    };
    const [{ objective, parameters }] = ours.objectives;
    expect(objective).toBe('loss');
    const ranking = (of: Readonly<Record<string, number>> | undefined) =>
      Object.entries(of ?? {})
        .sort(([, x], [, y]) => y - x)
        .map(([name]) => name);
    expect(parameters.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    for (const evaluator of ['fanova', 'mdi', 'ped'])
      expect([evaluator, ...ranking(frame.importances[evaluator])]).toEqual([evaluator, 'a', 'b', 'c']);
    for (const { name, importance } of parameters)
      expect(Math.abs(importance - (frame.importances.fanova?.[name] as number))).toBeLessThan(0.05);
    expect(await hpo(cwd, 'importance')).toMatch(
      /^parameter +importance for loss +low +high\na +0\.\d{3} .*\nb .*\nc .*\nfrom 60 complete /,
    );
  });

  test('ranks choices as Optuna does', async () => {
    const cwd = makeSweep({
      trainer: 'weigh.sh',
      sampler: 'random',
      trials: 60,
      parameters: { ...weights, a: [0, 0.05], kind: ['good', 'bad', 'worse'], b: { min: 0, max: 0.1 } },
    });
    await hpo(cwd, 'optimize');
    const { importances } = await askOptuna<Frame>('frame.py', join(cwd, 'storage/hpo.db'), [
      's',
      'fanova',
      'mdi',
    ]);
    const { objectives } = JSON.parse(await hpo(cwd, 'importance', '--json')) as {
      objectives: [{ parameters: { name: string; importance: number }[] }];
    };
    expect(objectives[0].parameters[0]?.name).toBe('kind');
    for (const found of [importances.fanova, importances.mdi])
      for (const { name, importance } of objectives[0].parameters)
        expect(Math.abs(importance - (found?.[name] as number))).toBeLessThan(0.06);
  });
});
