import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixture, hpo, makeProject, sweepFile } from '../support/cli.js';

test('placeholders, arguments and the environment arrive at the trainer as they were written', async () => {
  const strange = 'two words, "quotes", $HOME `id` ${seed} ünï';
  const command = [
    'sh',
    fixture('tell.sh'),
    '${overrides}',
    '${args}',
    'p=${params_json}',
    '-s${seed}',
    'c=${config}',
    'd=${trial_dir}',
    '--a=${a.b}',
    '--deep=${deep}',
  ];
  const parameters = { 'a.b': [0.1], flag: [true, false], nothing: [null], text: [strange], list: [[1, 2]] };
  const deep = { values: [1], when: { flag: false } };
  const cwd = makeProject({
    'cfg/sweep.yaml': sweepFile({
      trainer: { command, cwd: '../work', env: { MINE: 1, OMP_NUM_THREADS: 3 } },
      parameters: { ...parameters, deep },
      seeds: [77],
      trials: 1,
      max_concurrent: 1,
    }),
    'cfg/config.yaml': 'epochs: 4\n',
    'work/README': '',
  });
  await hpo(cwd, 'optimize');
  const folder = join(cwd, 'outputs/s/trial-00000');
  const seen = readFileSync(join(folder, 'seen.txt'), 'utf8');
  const params = { 'a.b': 0.1, flag: true, nothing: null, text: strange, list: '[1,2]' };
  const values = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  const config = join(cwd, 'outputs/s/config.yaml');
  const args = [
    ...values,
    ...values.map((value) => `--${value}`),
    `p=${JSON.stringify(params)}`,
    '-s77',
    `c=${config}`,
    `d=${folder}`,
    '--a=0.1',
  ];
  expect(seen.split('\n')[0]).toBe(['args', ...args.map((arg) => `[${arg}]`)].join(' '));
  expect(seen.split('\n')[1]).toBe(`cwd ${join(cwd, 'work')}`);
  for (const line of [
    `HPO_PARAMS=${JSON.stringify(params)}`,
    `HPO_CONFIG=${config}`,
    'HPO_SEED=77',
    'HPO_STUDY=s',
    'HPO_TRIAL=0',
    `HPO_TRIAL_DIR=${folder}`,
    'HPO_DEVICE=cpu',
    'CUDA_VISIBLE_DEVICES=',
    'PYTHONUNBUFFERED=1',
    'MINE=1',
    'OMP_NUM_THREADS=3',
  ])
    expect(seen.split('\n')).toContain(line);
  expect(readFileSync(config, 'utf8')).toMatch(/\nepochs: 4\n$/);
});
