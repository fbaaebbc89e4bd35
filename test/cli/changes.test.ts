import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  fixture,
  hpo,
  makeProject,
  makeSweep,
  readCsv,
  runHere,
  spawnHpo,
  sweepFile,
  trialsOf,
  writeFiles,
} from '../support/cli.js';

const base = { parameters: { x: [1, 2], y: { min: 1, max: 2, int: true } } };

const CHANGES: readonly (readonly [change: Record<string, unknown>, shown: string])[] = [
  [{ parameters: { ...base.parameters, z: [1] } }, '  parameters.z\n    stored: (none)\n'],
  [{ parameters: { x: [1, 2], y: { min: 1, max: 3, int: true } } }, '  parameters.y\n'],
  [{ constraints: [{ forbid: { x: 2 } }] }, '  constraints\n    stored: []\n'],
  [
    { objective: { metric: 'loss', direction: 'maximize' } },
    '  objective.direction\n    stored: "minimize"\n    now:    "maximize"\n',
  ],
  [{ trainer: { command: ['sh', 'other.sh'] } }, '  trainer.command\n'],
  [{ trainer: { command: ['sh'], env: { A: 1 } } }, '  trainer.env.A\n    stored: (none)\n    now:    "1"\n'],
];

test('another space, objective or trainer is refused with the difference and both ways out', async () => {
  const cwd = makeSweep(base);
  await hpo(cwd, 'study', 'create');
  for (const [change, shown] of CHANGES) {
    writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ ...base, ...change }) });
    const { code, stderr } = await runHere(['optimize'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('error[study.changed]: stored study s differs from cfg/sweep.yaml:');
    expect(stderr).toContain(shown);
    expect(stderr).toMatch(/fix: .*--study NEW.*--allow-change/);
  }
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile(base) });
  await hpo(cwd, 'optimize');
});

test('run defaults that differ are refused, and trainers read the stored snapshot, not the file', async () => {
  const command = ['sh', '-c', 'cat "$HPO_CONFIG"; echo METRIC loss=1'];
  const sweep = sweepFile({ trainer: { command }, parameters: { x: [1, 2] } });
  const cwd = makeProject({
    'cfg/sweep.yaml': sweep,
    'cfg/config.yaml': 'extends: ../base.yaml\nepochs: 3\n',
    'base.yaml': 'epochs: 9\nwidth: 4\n',
  });
  await hpo(cwd, 'optimize', '--trials', '1');
  writeFiles(cwd, { 'base.yaml': 'epochs: 9\nwidth: 8\n' });
  const { code, stderr } = await runHere(['optimize'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining('  width\n    stored: 4\n    now:    8\n')]);
  writeFiles(cwd, { 'base.yaml': 'epochs: 9\nwidth: 4\n', 'outputs/s/config.yaml': 'lost: true\n' });
  await hpo(cwd, 'optimize');
  const shown = JSON.parse(await hpo(cwd, 'study', 'show', 's', '--json'));
  expect(shown.spec.config).toEqual({ epochs: 3, width: 4 });
  const log = readFileSync(`${cwd}/outputs/s/trial-00001.log`, 'utf8');
  expect(log).toContain('epochs: 3\nwidth: 4\n');
  expect(log).not.toContain('lost: true');
});

test('--allow-change continues with the new search; a new study name begins another study', async () => {
  const cwd = makeSweep(base);
  await hpo(cwd, 'optimize', '--trials', '2');
  const wider = { ...base, parameters: { x: [1, 2], y: { min: 1, max: 3, int: true } } };
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile(wider) });
  expect((await runHere(['optimize'], { cwd })).code).toBe(2);
  expect(await hpo(cwd, 'optimize', '--allow-change')).toContain('6 combinations, 6 to run');
  expect(await trialsOf(cwd)).toHaveLength(6);
  // From now on this is the study's search.
  expect(await hpo(cwd, 'optimize')).toContain('nothing was left to run');
  await hpo(cwd, 'optimize', '--study', 'other', '--trials', '1');
  expect(await trialsOf(cwd, '--study', 'other')).toHaveLength(1);
});

test('another kind or scale always needs a new study', async () => {
  const cwd = makeSweep(base);
  await hpo(cwd, 'study', 'create');
  const parameters = { ...base.parameters, x: { min: 1, max: 2 } };
  const other = sweepFile({ ...base, sampler: 'random', parameters });
  writeFiles(cwd, { 'cfg/sweep.yaml': other });
  const { code, stderr } = await runHere(['optimize', '--allow-change'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining('error[study.choices-changed]')]);
  expect(stderr).toMatch(/fix: .*--study NEW/);
  expect(stderr).not.toContain('--allow-change');
  expect(stderr).toContain('or remove the study, which has no result yet: hpo study delete s --yes');
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile(base) });
  await hpo(cwd, 'optimize', '--trials', '1');
  for (const y of [{ min: 1, max: 2 }]) {
    writeFiles(cwd, {
      'cfg/sweep.yaml': sweepFile({ sampler: 'random', parameters: { ...base.parameters, y } }),
    });
    const { stderr } = await runHere(['optimize', '--allow-change'], { cwd });
    expect(stderr).toContain('parameters of another type (int, float or choices)');
    expect(stderr).toMatch(/fix: .*--study NEW\)$/m);
  }
});

test('--allow-change continues with lists of choices that grow, shrink or change their order', async () => {
  const opt = ['sgd', 'adam'];
  const cwd = makeSweep({ parameters: { opt, y: [1, 2] } });
  await hpo(cwd, 'optimize');
  const grown = {
    parameters: { opt: ['lion', 'adam'], y: [2, 1, 4] },
    constraints: [{ forbid: { opt: 'lion', y: 4 } }],
  };
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile(grown) });
  const refused = await runHere(['optimize'], { cwd });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('error[study.changed]')]);
  expect(refused.stderr).toContain(
    '  parameters.opt\n    stored: ["sgd","adam"]\n    now:    ["lion","adam"]\n',
  );
  expect(refused.stderr).toMatch(/fix: .*--allow-change/);
  const said = await hpo(cwd, 'optimize', '--allow-change');
  expect(said).toContain(
    '6 combinations, 1 forbidden, 5 to run, 2 of them tried already, 2 trials of other values stay',
  );
  const trials = await trialsOf(cwd);
  const points = trials.map(({ params }) => `${params.opt} ${params.y}`);
  expect(points.slice(0, 4).sort()).toEqual(['adam 1', 'adam 2', 'sgd 1', 'sgd 2']);
  expect(points.slice(4).sort()).toEqual(['adam 4', 'lion 1', 'lion 2']);
  expect(readCsv(`${cwd}/cfg/runs.csv`).map((row) => row.opt)).toEqual(
    trials.map(({ params }) => params.opt),
  );
  expect(await hpo(cwd, 'optimize')).toContain('nothing was left to run');
  // What is judged are the values that trials have.
  expect(await hpo(cwd, 'importance')).toContain('loss was 9 in all 7 complete configurations');
  const enqueued = await runHere(['enqueue', 'opt=sgd', 'y=1'], { cwd });
  expect([enqueued.code, enqueued.stderr]).toEqual([2, expect.stringContaining('["lion","adam"]')]);
});

test('sampler, pruner, budget, repeats and columns are free to change', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2, 3, 4] } });
  await hpo(cwd, 'optimize', '--trials', '1');
  const change = {
    sampler: 'tpe',
    pruner: 'median',
    trials: 3,
    repeats: 2,
    logging: { local: { metrics: ['loss'] } },
  };
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ parameters: { x: [1, 2, 3, 4] }, ...change }) });
  await hpo(cwd, 'optimize');
  expect(await trialsOf(cwd)).toHaveLength(4);
});

test('a mistake in usage makes no study: devices, an empty grid, a broken command line', async () => {
  const cwd = makeSweep({ constraints: [{ forbid: { x: { ge: 0 } } }] });
  const empty = await runHere(['optimize'], { cwd });
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('error[config.infeasible]')]);
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ gpus_per_trial: 2, devices: 'auto' }) });
  const few = await runHere(['optimize'], { cwd, env: { PATH: '/usr/bin:/bin', CUDA_VISIBLE_DEVICES: '' } });
  expect([few.code, few.stderr]).toEqual([2, expect.stringContaining('error[devices.too-few]')]);
  const usage = [
    ['optimize', '--trials', 'many'],
    ['optimize', '--sampler', 'magic'],
    ['nonsense'],
    ['trials', '--study', 'none'],
  ];
  for (const args of usage) {
    const { code, stderr } = await runHere(args, { cwd });
    expect([args, code]).toEqual([args, 2]);
    expect(stderr).not.toContain('    at ');
  }
  await hpo(cwd, 'study', 'create', '--name', 'first');
  expect(JSON.parse(await hpo(cwd, 'study', 'list', '--json'))).toMatchObject([{ name: 'first' }]);
});

describe('--allow-change with other objectives', () => {
  const four = { trainer: 'two-metrics.sh', parameters: { x: [1, 2, 3, 4] }, max_concurrent: 1 };
  const by = (metric: string, direction: string, reduce = 'last') => ({
    ...four,
    objective: { metric, direction, reduce },
  });
  const change = (cwd: string, more: Record<string, unknown>) => {
    writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile(more) });
    return runHere(['optimize', '--allow-change'], { cwd });
  };
  const valuesOf = async (cwd: string) => (await trialsOf(cwd)).map(({ values }) => values?.[0]);

  test('another metric: what is stored of it counts, a trial without it has no objective, and never is the best', async () => {
    const cwd = makeSweep(by('loss', 'minimize'));
    await hpo(cwd, 'optimize');
    expect(await valuesOf(cwd)).toEqual([0.12, 0.22, 0.32, 0.42]);
    const { code, stderr } = await change(cwd, by('acc', 'maximize'));
    expect([code, stderr]).toEqual([
      0,
      'warning: the objectives of the finished trials were computed again from their stored acc; ' +
        '1 of 4 trials has no stored acc, and so no objective\n',
    ]);
    expect(await valuesOf(cwd)).toEqual([0.52, 0.62, undefined, 0.82]);
    expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(Array(4).fill('COMPLETE'));
    expect(
      (JSON.parse(await hpo(cwd, 'best', '--json')) as { value: number }[]).map(({ value }) => value),
    ).toEqual([0.82, 0.62, 0.52]);
    const rows = readCsv(`${cwd}/cfg/runs.csv`);
    expect(rows.map((row) => row.objective ?? row.acc)).toEqual(['0.52', '0.62', '', '0.82']);
    for (const command of [['trials'], ['study', 'show', 's'], ['study', 'list'], ['importance']])
      expect((await runHere(command, { cwd })).code).toBe(0);
    // Nothing is lost: the old metric gives the old objectives again, and says nothing is missing.
    const back = await change(cwd, by('loss', 'minimize'));
    expect([back.code, back.stderr]).toEqual([0, expect.not.stringContaining('no stored')]);
    expect(await valuesOf(cwd)).toEqual([0.12, 0.22, 0.32, 0.42]);
  });

  test('nothing is said of values where every trial has failed', async () => {
    const cwd = makeSweep(by('missing', 'minimize'));
    expect((await runHere(['optimize'], { cwd })).code).toBe(1);
    const { stderr } = await change(cwd, by('acc', 'maximize'));
    expect(stderr).not.toContain('computed again');
    expect((await trialsOf(cwd)).map(({ state }) => state)).toContain('COMPLETE');
  });

  test('another reduce of the same metric, and another direction of the best step', async () => {
    const cwd = makeSweep(by('loss', 'minimize'));
    await hpo(cwd, 'optimize');
    expect((await change(cwd, by('loss', 'minimize', 'best'))).code).toBe(0);
    expect(await valuesOf(cwd)).toEqual([0.11, 0.21, 0.31, 0.41]);
    expect((await change(cwd, by('loss', 'maximize', 'best'))).code).toBe(0);
    expect(await valuesOf(cwd)).toEqual([0.12, 0.22, 0.32, 0.42]);
    // Of the last step the direction changes nothing, and nothing is said.
    await change(cwd, by('loss', 'minimize'));
    expect((await change(cwd, by('loss', 'maximize'))).stderr).toBe('');
  });

  test('several objectives: a trial without one of them has none, and is on no front', async () => {
    const both = (second: string) => ({
      ...four,
      trainer: { command: ['sh', 'two.sh', '${overrides}'] },
      // Not the one of `sweepFile`: a file has either.
      objective: undefined,
      objectives: [
        { metric: 'loss', direction: 'minimize' },
        { metric: second, direction: 'maximize' },
      ],
    });
    const cwd = makeSweep(both('other'));
    writeFiles(cwd, { 'two.sh': `sh ${fixture('two-metrics.sh')} "$@"; echo METRIC other=1` });
    await hpo(cwd, 'optimize');
    const { code, stderr } = await change(cwd, both('acc'));
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 of 4 trials has no stored acc')]);
    expect((await trialsOf(cwd)).map(({ values }) => values)).toEqual([
      [0.12, 0.52],
      [0.22, 0.62],
      null,
      [0.42, 0.82],
    ]);
    const front = JSON.parse(await hpo(cwd, 'best', '--json')) as { trials: number[] }[];
    expect(front.flatMap(({ trials }) => trials)).not.toContain(2);
  });

  test('what an asker reported is kept under the metric that it was reported for, and comes back with it', async () => {
    const cwd = makeSweep({ ...by('loss', 'minimize'), sampler: 'random', trials: 1 });
    await hpo(cwd, 'study', 'create');
    const asked = JSON.parse(await hpo(cwd, 'ask', '--json')) as { trial: number };
    await hpo(cwd, 'report', String(asked.trial), '--step', '1', 'loss=5', 'acc=0.5');
    await hpo(cwd, 'tell', String(asked.trial), '4');
    const changed = (metric: string) =>
      change(cwd, { ...by(metric, 'minimize'), sampler: 'random', trials: 1 });
    await changed('acc');
    expect(await valuesOf(cwd)).toEqual([0.5]);
    await changed('other');
    expect(await valuesOf(cwd)).toEqual([undefined]);
    await changed('loss');
    expect(await valuesOf(cwd)).toEqual([4]);
  });

  test('is refused while another hpo runs trials by the old objective', async () => {
    const cwd = makeSweep({ trainer: 'gate.sh', parameters: { x: [1, 2] } });
    const running = spawnHpo(['optimize'], { cwd });
    await running.says(/trial 0 step 1/);
    const changed = {
      trainer: 'gate.sh',
      parameters: { x: [1, 2] },
      objective: { metric: 'acc', direction: 'minimize' },
    };
    const { code, stderr } = await change(cwd, changed);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/error\[study.running\]: another hpo runs trial \d/),
    ]);
    running.kill('SIGINT');
    // Two signals at once may arrive as one.
    await running.says(/no new trials/);
    running.kill('SIGINT');
    await running.ended;
  });
});
