import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { fixture, hpo, makeSweep, runHere, tree, trialsOf } from '../support/cli.js';

const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith('hpo-dry-run-'));

test('initial points are planned whatever the budget is, and a number of configurations is no default', async () => {
  const given = { initial_points: [{ x: 1 }, { x: 2 }, { x: 3 }], repeats: 2, sampler: 'random' };
  const cwd = makeSweep({ ...given, parameters: { x: { min: 0, max: 9 } }, trials: 2 });
  const [line, ...planned] = (await hpo(cwd, 'optimize', '--dry-run')).trimEnd().split('\n');
  expect(line).toBe('random: 6 trials: 3 configurations x 2 repeats, since queued ones run in any case');
  expect(planned).toHaveLength(6);
  const other = makeSweep({
    ...given,
    parameters: { x: { min: 0, max: 9 } },
    trials: null,
    configurations: 4,
  });
  const json = JSON.parse(await hpo(other, 'optimize', '--dry-run', '--json'));
  expect(json.plan).toBe('random: 8 trials: 4 configurations x 2 repeats');
  expect(json.search).toBe('sampler random, pruner none');
});

test('--dry-run prints the plan and every command with its pin, and writes nothing', async () => {
  const cwd = makeSweep({
    parameters: { x: [1, 2], name: ["it's", 'plain'] },
    trainer: {
      command: ['sh', fixture('quick.sh'), '${overrides}', '--seed=${seed}'],
      env: { OMP_NUM_THREADS: 3 },
    },
    seeds: [7],
  });
  const [before, left] = [tree(cwd), copies()];
  const text = await hpo(cwd, 'optimize', '--dry-run');
  expect(tree(cwd)).toEqual(before);
  const pin = 'CUDA_VISIBLE_DEVICES= OMP_NUM_THREADS=3';
  const command = `sh ${fixture('quick.sh')}`;
  expect(text.trimEnd().split('\n')).toEqual([
    '4 combinations, 4 to run',
    `trial 0 on cpu: ${pin} ${command} x=1 'name=it'\\''s' --seed=7`,
    `trial 1 on cpu: ${pin} ${command} x=1 name=plain --seed=7`,
    `trial 2 on cpu: ${pin} ${command} x=2 'name=it'\\''s' --seed=7`,
    `trial 3 on cpu: ${pin} ${command} x=2 name=plain --seed=7`,
  ]);
  const json = JSON.parse(await hpo(cwd, 'optimize', '--dry-run', '--json'));
  expect(json).toMatchObject({ study: 's', plan: '4 combinations, 4 to run' });
  expect(json.trials[2]).toEqual({
    trial: 2,
    attempt: 1,
    device: 'cpu',
    params: { x: 2, name: "it's" },
    pin: { CUDA_VISIBLE_DEVICES: '', OMP_NUM_THREADS: '3' },
    command: ['sh', fixture('quick.sh'), 'x=2', "name=it's", '--seed=7'],
    submission: null,
  });
  expect(tree(cwd)).toEqual(before);
  // What is planned is what runs; nothing of the copy is left behind.
  await hpo(cwd, 'optimize', '--trials', '1');
  const after = tree(cwd);
  const rest = await hpo(cwd, 'optimize', '--dry-run');
  expect(tree(cwd)).toEqual(after);
  expect(rest.match(/^trial \d/gm)).toEqual(['trial 1', 'trial 2', 'trial 3']);
  await hpo(cwd, 'optimize');
  expect(await hpo(cwd, 'optimize', '--dry-run')).toContain('nothing to run: the study is finished');
  expect((await trialsOf(cwd)).map(({ params }) => params)).toEqual(
    json.trials.map((_: unknown, k: number) => ({ x: k < 2 ? 1 : 2, name: k % 2 === 0 ? "it's" : 'plain' })),
  );
  expect(copies().filter((name) => !left.includes(name))).toEqual([]);
});

test('a dry run warns where the program of the trainer is not on this machine', async () => {
  const cwd = makeSweep({ trainer: { command: ['no-such-program'] } });
  const { code, stderr } = await runHere(['optimize', '--dry-run'], { cwd });
  expect(code).toBe(0);
  expect(stderr).toContain('warning: the trainer\'s program "no-such-program" is not on PATH');
});

test('a dry run that only the clock would end comes to an end', async () => {
  const cwd = makeSweep({ sampler: 'random', parameters: { x: { min: 0, max: 1 } } });
  const text = await hpo(cwd, 'optimize', '--dry-run', '--timeout', '2h');
  expect(text).toContain('random: trials until the time is up');
  expect(text.trimEnd().split('\n').at(-1)).toBe('and so on until the time is up');
});
