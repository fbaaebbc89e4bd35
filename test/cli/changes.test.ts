import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hpo, makeProject, makeSweep, runHpo, sweepFile, trialsOf, writeFiles } from '../support/cli.js';

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
    const { code, stderr } = await runHpo(['optimize'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'error[study.changed]: study s was made with something else than cfg/sweep.yaml says now',
    );
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
  const { code, stderr } = await runHpo(['optimize'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining('  width\n    stored: 4\n    now:    8\n')]);
  writeFiles(cwd, { 'base.yaml': 'epochs: 9\nwidth: 4\n', 'outputs/s/config.yaml': 'lost: true\n' });
  await hpo(cwd, 'optimize');
  const shown = JSON.parse(await hpo(cwd, 'study', 'show', 's', '--json'));
  expect(shown.spec.config).toEqual({ epochs: 3, width: 4 });
  const log = readFileSync(`${cwd}/outputs/s/trial-00001.log`, 'utf8');
  expect(log).toContain('epochs: 3\nwidth: 4\n');
  expect(log).not.toContain('lost: true');
});

test('--allow-change goes on with the new search; a new study name begins another one', async () => {
  const cwd = makeSweep(base);
  await hpo(cwd, 'optimize', '--trials', '2');
  const wider = { ...base, parameters: { x: [1, 2], y: { min: 1, max: 3, int: true } } };
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile(wider) });
  expect((await runHpo(['optimize'], { cwd })).code).toBe(2);
  expect(await hpo(cwd, 'optimize', '--allow-change')).toContain('6 combinations, 6 to run');
  expect(await trialsOf(cwd)).toHaveLength(6);
  // From now on this is the study's search.
  expect(await hpo(cwd, 'optimize')).toContain('nothing was left to run');
  await hpo(cwd, 'optimize', '--study', 'other', '--trials', '1');
  expect(await trialsOf(cwd, '--study', 'other')).toHaveLength(1);
});

test('other choices always need a new study', async () => {
  const cwd = makeSweep(base);
  await hpo(cwd, 'study', 'create');
  // More of them, another order, a range in their place.
  for (const x of [[1, 2, 3], [2, 1], { min: 1, max: 2 }]) {
    const parameters = { ...base.parameters, x };
    writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ ...base, sampler: 'random', parameters }) });
    const { code, stderr } = await runHpo(['optimize', '--allow-change'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('error[study.choices-changed]')]);
    expect(stderr).toMatch(/fix: .*--study NEW/);
    expect(stderr).not.toContain('--allow-change');
  }
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
  const empty = await runHpo(['optimize'], { cwd });
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('error[study.nothing-to-run]')]);
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ gpus_per_trial: 2, devices: 'auto' }) });
  const few = await runHpo(['optimize'], { cwd, env: { PATH: '/usr/bin:/bin', CUDA_VISIBLE_DEVICES: '' } });
  expect([few.code, few.stderr]).toEqual([2, expect.stringContaining('error[devices.too-few]')]);
  const usage = [
    ['optimize', '--trials', 'many'],
    ['optimize', '--sampler', 'magic'],
    ['nonsense'],
    ['trials', '--study', 'none'],
  ];
  for (const args of usage) {
    const { code, stderr } = await runHpo(args, { cwd });
    expect([args, code]).toEqual([args, 2]);
    expect(stderr).not.toContain('    at ');
  }
  await hpo(cwd, 'study', 'create', '--name', 'first');
  expect(JSON.parse(await hpo(cwd, 'study', 'list', '--json'))).toMatchObject([{ name: 'first' }]);
});
