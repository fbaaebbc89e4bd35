import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeSweep, readCsv, runHere, sweepFile, trialsOf, writeFiles } from '../support/cli.js';

const two = (more: Readonly<Record<string, unknown>> = {}) => ({
  trainer: 'two.sh',
  objective: undefined,
  objectives: [
    { metric: 'gain', direction: 'maximize' },
    { metric: 'cost', direction: 'minimize' },
  ],
  max_concurrent: 1,
  parameters: { a: [1, 2, 3], b: [1, 2] },
  // The more it gains the more it costs, but one gains no more for its cost.
  constraints: [{ forbid: { a: 1, b: 2 } }, { forbid: { a: 3, b: 1 } }],
  ...more,
});

test('best shows the Pareto front, optimize its size and its ends, trials and runs.csv every value', async () => {
  const cwd = makeSweep(two());
  const said = await hpo(cwd, 'optimize');
  // (1, 1), (2, 1), (2, 2), (3, 2): gain and cost.
  expect(said).toContain('trial 3 COMPLETE with 3, 2');
  expect(said).toContain('[4/4, front of 2, best gain=3 (trial 3)]');
  expect(said).toContain(
    [
      'Pareto front of 2 configurations; hpo best shows it',
      'best gain 3 (trial 3): a=3 b=2',
      'best cost 1 (trial 1): a=2 b=1',
    ].join('\n'),
  );
  expect(await hpo(cwd, 'best')).toBe(
    ['gain  cost  n  trials  a  b', '   3     2  1       3  3  2', '   2     1  1       1  2  1', ''].join(
      '\n',
    ),
  );
  const front = JSON.parse(await hpo(cwd, 'best', '--json'));
  expect(front).toMatchObject([
    { configuration: 3, values: [3, 2], std: null, n: 1, trials: [3], params: { a: 3, b: 2 } },
    { configuration: 1, values: [2, 1], trials: [1] },
  ]);
  expect(JSON.parse(await hpo(cwd, 'best', '--json', '--top', '1'))).toEqual(front.slice(0, 1));
  expect(JSON.parse(await hpo(cwd, 'optimize', '--json'))).toMatchObject({
    started: 0,
    front: front.map(({ schema: _, ...member }: { schema: string }) => member),
  });
  expect(await hpo(cwd, 'trials')).toMatch(/^trial +state +gain +cost +a +b +epochs/);
  expect((await trialsOf(cwd)).map(({ values }) => values)).toEqual([
    [1, 1],
    [2, 1],
    [2, 2],
    [3, 2],
  ]);
  expect(
    readCsv(join(cwd, 'cfg/runs.csv')).map((row) => [row['objective.gain'], row['objective.cost'], row.cost]),
  ).toEqual([
    ['1', '1', '1'],
    ['2', '1', '1'],
    ['2', '2', '2'],
    ['3', '2', '2'],
  ]);
  expect(await hpo(cwd, 'study', 'list')).toContain('maximize,minimize');
});

test('the front is of means over repeats, and of what reported every objective', async () => {
  const cwd = makeSweep(two({ repeats: 2, parameters: { a: [2, 9], b: [1] }, constraints: [] }));
  expect(await hpo(cwd, 'optimize')).toContain('exited 0 without reporting the objective cost');
  expect(await hpo(cwd, 'best')).toBe(
    [
      'gain  cost  std gain  std cost  n  trials  a  b',
      '   2     1         0         0  2  0,1     2  1',
      '',
    ].join('\n'),
  );
});

test('the knee of the front is marked, in the table by its word', async () => {
  const cwd = makeSweep(two());
  await hpo(cwd, 'study', 'create');
  for (const values of [
    ['0', '0'],
    ['1', '0.2'],
    ['3', '0.5'],
    ['3.5', '4'],
  ]) {
    const { trial } = JSON.parse(await hpo(cwd, 'ask', '--json')) as { trial: number };
    await hpo(cwd, 'tell', String(trial), ...values);
  }
  const front = JSON.parse(await hpo(cwd, 'best', '--json')) as { values: number[]; knee: boolean }[];
  expect(front.map(({ values, knee }) => [values[0], knee])).toEqual([
    [3.5, false],
    [3, true],
    [1, false],
    [0, false],
  ]);
  expect(JSON.parse(await hpo(cwd, 'best', '--json', '--top', '1'))).toEqual(front.slice(0, 1));
  const lines = (await hpo(cwd, 'best')).split('\n');
  expect(lines.filter((line) => line.includes('knee'))).toEqual([expect.stringMatching(/^ *3 +0\.5 +knee/)]);
});

test('tell takes a value for each objective, and names them when one is missing', async () => {
  const cwd = makeSweep(two());
  await hpo(cwd, 'study', 'create');
  await hpo(cwd, 'ask');
  for (const values of [[], ['1'], ['1', 'nan'], ['1', '2', '3']]) {
    const ran = await runHere(['tell', '0', ...values], { cwd });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('expected 2 values (gain, cost)')]);
  }
  expect(await hpo(cwd, 'tell', '0', '-1', '2.5')).toBe('trial 0 is complete with -1, 2.5\n');
  expect(await hpo(cwd, 'ask', '--json')).toContain('"trial": 1');
  await hpo(cwd, 'report', '1', '--step', '1', 'gain=1');
  expect(await hpo(cwd, 'tell', '1', '--state', 'pruned')).toBe('trial 1 is pruned\n');
  expect(JSON.parse(await hpo(cwd, 'best', '--json'))).toMatchObject([{ values: [-1, 2.5] }]);
});

test('refuses what cannot go with several objectives, on the command line too', async () => {
  const cwd = makeSweep(two());
  for (const [args, code] of [
    [['--sampler', 'cmaes'], 'sampler.one-objective'],
    [['--pruner', 'patient'], 'pruner.one-objective'],
  ] as const) {
    const ran = await runHere(['optimize', ...args], { cwd });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(`error[${code}]`)]);
  }
  await hpo(cwd, 'study', 'create');
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ ...two(), objectives: two().objectives.slice(0, 1) }) });
  const ran = await runHere(['optimize', '--allow-change'], { cwd });
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('error[study.objectives-changed]')]);
});
