import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  hpo,
  linesOf,
  makeSweep,
  readCsv,
  runHere,
  spawnHpo,
  sweepFile,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';

const constrained = {
  parameters: { opt: ['sgd', 'adam'], x: [1, 2, 3], m: [0, 0.9] },
  constraints: [{ when: { opt: 'adam' }, set: { m: 0.5 } }, { forbid: { opt: 'sgd', x: 3 } }],
  repeats: 2,
};
const PLAN = '12 combinations, 3 made equal by constraints, 2 forbidden, 7 to run, x 2 repeats = 14 trials';

test('a grid runs to its end and says what came of it; the second call runs nothing and says so', async () => {
  const cwd = makeSweep(constrained);
  const first = await hpo(cwd, 'optimize');
  expect(first).toContain(`study s created, 2 slots (cpu): ${PLAN}\n`);
  expect(first).toContain('study s is finished: 14 complete\n');
  expect(first).toMatch(/best loss 1 \+- 0 over 2 trials \(trials \d+, \d+\): opt=sgd x=1 m=0\n/);
  expect(first).toContain('table: cfg/runs.csv\n');
  const trials = await trialsOf(cwd);
  expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 14 }, (_, k) => k));
  const given = trials.map(({ params, forced }) => JSON.stringify({ ...params, ...forced }));
  expect(new Set(given).size).toBe(7);
  // What a constraint forces is not a sampled parameter; it is given to the trainer all the same.
  const adam = trials.find(({ params }) => params.opt === 'adam');
  expect(adam).toMatchObject({ params: { opt: 'adam' }, forced: { m: 0.5 }, state: 'COMPLETE' });
  expect(adam?.params).not.toHaveProperty('m');
  // Seed r is the same for every configuration.
  const seeds = new Map<string, Set<number>>();
  for (const { configuration, seed } of trials)
    seeds.set(String(configuration), (seeds.get(String(configuration)) ?? new Set()).add(seed));
  expect(new Set([...seeds.values()].map((set) => [...set].sort().join()))).toHaveProperty('size', 1);
  expect([...seeds.values()][0]?.size).toBe(2);
  const log = readFileSync(join(cwd, 'outputs/s/trial-00003.log'), 'utf8');
  expect(log).toMatch(/^METRIC epoch=1 loss=9\nMETRIC epoch=2 loss=\d\n$/);

  const second = await hpo(cwd, 'optimize');
  expect(second).toContain('study s resumes');
  expect(second).toContain('study s is finished: 14 complete (nothing was left to run)');
  expect(await trialsOf(cwd)).toEqual(trials);
});

test('--json prints one document, and the lines for people go to stderr', async () => {
  const cwd = makeSweep();
  const { code, stdout, stderr } = await runHere(['optimize', '--json'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    schema: 'hpo.optimize/1',
    study: 's',
    end: 'exhausted',
    detail: 'all 3 grid points have been tried',
    started: 3,
    counts: { complete: 3, pruned: 0, fail: 0, running: 0, waiting: 0, queued: 0, paused: 0 },
    best: {
      ...{ configuration: 0, value: 1, std: null, n: 1, feasible: true, trials: [0], params: { x: 1 } },
      ...{ distinguishable: null, pValue: null, repeatsNeeded: null },
    },
    csv: join(cwd, 'cfg/runs.csv'),
    outputs: join(cwd, 'outputs/s'),
    sampler: 'grid',
    pruner: 'none',
    infeasible: 0,
    failures: [],
    savings: expect.objectContaining({ prunedTrials: 0, savedSteps: 0, fullSteps: 2 }) as object,
    commands: ['hpo best', 'hpo show 0', 'hpo importance', 'hpo plot history', 'hpo dashboard'],
  });
  expect(stderr).toContain('trial 2 COMPLETE');
});

test('budgets: --trials N is the total of the study, +N is more; repeats are completed', async () => {
  const cwd = makeSweep({ parameters: { x: { min: 0, max: 1 } }, repeats: 2, sampler: 'grid' });
  const random = (...args: string[]) => hpo(cwd, 'optimize', '--sampler', 'random', ...args);
  const refused = await runHere(['optimize'], { cwd });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('error[grid.not-finite]')]);
  expect(await random('--trials', '3')).toContain('random: 4 trials: 2 configurations x 2 repeats');
  expect(await trialsOf(cwd)).toHaveLength(4);
  expect(await random('--trials', '4')).toContain(
    'has reached its budget: 4 complete (nothing was left to run)',
  );
  await random('--trials', '+1');
  expect(await trialsOf(cwd)).toHaveLength(6);
  const seeds = (await trialsOf(cwd)).map(({ seed }) => seed);
  expect(new Set(seeds).size).toBe(2);
});

test('without any budget an endless sampler stops at 100 and says so beforehand', async () => {
  const cwd = makeSweep({ parameters: { x: { min: 0, max: 1 } }, sampler: 'random' });
  const plan = await hpo(cwd, 'optimize', '--dry-run');
  expect(plan.split('\n')[0]).toBe(
    'random: 100 trials (the default; --trials N or +N, --timeout or --budget for another budget)',
  );
  expect(plan.match(/^trial \d+ on cpu/gm)).toHaveLength(100);
});

test('a space of few configurations says how many trials there are to run, whatever the budget', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2] }, sampler: 'tpe', repeats: 2 });
  const first = await hpo(cwd, 'optimize');
  expect(first).toContain('tpe: 4 trials: 2 configurations x 2 repeats, all that the space has\n');
  expect(first).toContain('[4/4, ');
  expect(first).toContain('study s is finished: 4 complete\n');
});

test('--timeout ends the launches of this call; the next call continues', async () => {
  const cwd = makeSweep({ parameters: { x: { min: 0, max: 1 } }, sampler: 'random', trainer: 'brief.sh' });
  expect(await hpo(cwd, 'optimize', '--timeout', '300ms')).toContain('stopped: the time is up');
  const before = (await trialsOf(cwd)).length;
  expect(before).toBeGreaterThan(0);
  expect((await trialsOf(cwd)).every(({ state }) => state === 'COMPLETE')).toBe(true);
  await hpo(cwd, 'optimize', '--trials', '+1');
  expect(await trialsOf(cwd)).toHaveLength(before + 1);
});

test('max_concurrent is reached and never exceeded', async () => {
  const parameters = { x: [1, 2, 3, 4, 5, 6, 7, 8] };
  const cwd = makeSweep({ trainer: 'gate.sh', max_concurrent: 3, parameters });
  const sweep = spawnHpo(['optimize'], { cwd });
  await until(() => linesOf(cwd, 'events').length === 3);
  writeFiles(cwd, { go: '' });
  expect((await sweep.ended).code).toBe(0);
  let running = 0;
  let most = 0;
  for (const line of linesOf(cwd, 'events')) {
    running += line.startsWith('start') ? 1 : -1;
    most = Math.max(most, running);
  }
  expect([running, most]).toEqual([0, 3]);
  expect(linesOf(cwd, 'events')).toHaveLength(16);
});

test('given seeds set the repeats and stand in every row; raising repeats tops up; a used seed is kept', async () => {
  const cwd = makeSweep({ seeds: [5, 6], parameters: { x: [1, 2] } });
  await hpo(cwd, 'optimize');
  const seedsOf = () =>
    readCsv(join(cwd, 'cfg/runs.csv')).map(({ trial, x, seed }) => `${trial} x=${x} ${seed}`);
  expect(seedsOf()).toEqual(['0 x=1 5', '1 x=1 6', '2 x=2 5', '3 x=2 6']);
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ seeds: [5, 6, 7], parameters: { x: [1, 2] } }) });
  await hpo(cwd, 'optimize');
  expect(seedsOf().slice(4)).toEqual(['4 x=1 7', '5 x=2 7']);
  // Fewer and then others: the seeds that trials have used are not forgotten on the way.
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ seeds: [5], parameters: { x: [1, 2] } }) });
  await hpo(cwd, 'optimize');
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ seeds: [5, 99], parameters: { x: [1, 2] } }) });
  const refused = await runHere(['optimize', '--allow-change'], { cwd });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('error[study.seed-changed]');
  expect(refused.stderr).toContain('  seeds[1]\n    stored: 6\n    now:    99\n');
  expect(await trialsOf(cwd)).toHaveLength(6);
});

test('--seed differs: refused; the same or none: the study continues', async () => {
  const cwd = makeSweep({ parameters: { x: [1] } });
  await hpo(cwd, 'study', 'create', '--seed', '4');
  await hpo(cwd, 'optimize', '--seed', '4');
  const { code, stderr } = await runHere(['optimize', '--seed', '5'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('error[study.seed-changed]: study s has the seed 4, got --seed 5');
  expect(existsSync(join(cwd, 'cfg/runs.csv'))).toBe(true);
});
