import { describe, expect, it } from 'vitest';
import { wandbCommand } from '../../../src/config/import/wandb-command.js';
import { wandbParameter } from '../../../src/config/import/wandb-parameter.js';
import { wandbSweep } from '../../../src/config/import/wandb-sweep.js';
import { parseYaml } from '../../../src/config/yaml-file.js';

const parameter = (given: unknown) => wandbParameter(given).parameter;
const notes = (given: unknown) => wandbParameter(given).notes.join('; ');

describe('parameters of a W&B sweep', () => {
  it.each<[string, unknown, unknown]>([
    ['a constant', { value: 3 }, [3]],
    ['values', { values: ['adam', 'sgd'] }, ['adam', 'sgd']],
    ['categorical', { distribution: 'categorical', values: [1, 2] }, [1, 2]],
    ['whole ends mean whole numbers', { min: 1, max: 8 }, { min: 1, max: 8, int: true }],
    ['other ends do not', { min: 0, max: 0.5 }, { min: 0, max: 0.5 }],
    ['int_uniform', { distribution: 'int_uniform', min: 1, max: 8 }, { min: 1, max: 8, int: true }],
    ['uniform with whole ends', { distribution: 'uniform', min: 0, max: 1 }, { min: 0, max: 1 }],
    [
      'q_uniform',
      { distribution: 'q_uniform', min: 0.05, max: 0.52, q: 0.1 },
      { min: 0.1, max: 0.5, step: 0.1 },
    ],
    [
      'q_uniform of wholes',
      { distribution: 'q_uniform', min: 8, max: 64, q: 8 },
      { min: 8, max: 64, int: true, step: 8 },
    ],
    ['q_uniform, q left out', { distribution: 'q_uniform', min: 1, max: 5 }, { min: 1, max: 5, int: true }],
    [
      'log_uniform, by exponents',
      { distribution: 'log_uniform', min: 0, max: Math.log(100) },
      { min: 1, max: 100, log: true },
    ],
    [
      'log_uniform_values',
      { distribution: 'log_uniform_values', min: 1e-5, max: 0.1 },
      { min: 1e-5, max: 0.1, log: true },
    ],
    [
      'inv_log_uniform_values',
      { distribution: 'inv_log_uniform_values', min: 0.01, max: 1 },
      { min: 0.01, max: 1, log: true },
    ],
    [
      'inv_log_uniform',
      { distribution: 'inv_log_uniform', min: 0, max: Math.log(10) },
      { min: 0.1, max: 1, log: true },
    ],
    [
      'q_log_uniform_values, wholes',
      { distribution: 'q_log_uniform_values', q: 1, min: 16, max: 256 },
      { min: 16, max: 256, int: true, log: true },
    ],
    ['normal', { distribution: 'normal', mu: 1, sigma: 0.5 }, { min: -0.5, max: 2.5 }],
    ['mu and sigma alone', { mu: 0, sigma: 1 }, { min: -3, max: 3 }],
    ['beta', { distribution: 'beta', a: 2, b: 5 }, { min: 0, max: 1 }],
    ['an unknown distribution', { distribution: 'cauchy' }, null],
    ['a mapping', { value: { a: 1 } }, null],
    ['no mapping at all', 3, null],
  ])('%s', (_, given, expected) => expect(parameter(given)).toEqual(expected));

  it('tells what is lost', () => {
    expect(notes({ values: [1, 2], probabilities: [0.9, 0.1] })).toMatch(/probabilities/);
    expect(notes({ distribution: 'q_log_uniform_values', q: 8, min: 8, max: 256 })).toMatch(/steps of 8/);
    expect(notes({ distribution: 'log_normal', mu: 0, sigma: 1 })).toMatch(/shape: log_normal/);
    expect(notes({ distribution: 'cauchy' })).toMatch(/"cauchy" is not known/);
    expect(notes({ min: 1, max: 8 })).toBe('');
  });
});

describe('command of a W&B sweep', () => {
  it.each<[string, unknown, unknown, readonly string[] | null]>([
    ['the default', undefined, 'train.py', ['python3', 'train.py', '${args}']],
    ['a program that is run as it is', undefined, './train', ['./train', '${args}']],
    [
      'no hyphens',
      ['${env}', '${interpreter}', '${program}', '${args_no_hyphens}'],
      'a.py',
      ['python3', 'a.py', '${overrides}'],
    ],
    [
      'words of its own',
      ['torchrun', '--nproc=2', '${program}', '${args}'],
      'a.py',
      ['torchrun', '--nproc=2', 'a.py', '${args}'],
    ],
    [
      'JSON',
      ['python3', '${program}', '--config', '${args_json}'],
      'a.py',
      ['python3', 'a.py', '--config', '${params_json}'],
    ],
    [
      'a file with JSON',
      ['python3', '${program}', '${args_json_file}'],
      'a.py',
      ['python3', 'a.py', '${params_file}'],
    ],
    [
      'flags without values',
      ['${env}', '${interpreter}', '${program}', '${args_no_boolean_flags}'],
      'a.py',
      ['python3', 'a.py', '${args_no_boolean_flags}'],
    ],
    [
      'a module, and an assignment for env',
      ['${env}', 'A=1', '${interpreter}', '-m', 'a.b', '${args}'],
      undefined,
      ['env', 'A=1', 'python3', '-m', 'a.b', '${args}'],
    ],
    ['no program', undefined, undefined, null],
  ])('%s', (_, command, program, expected) =>
    expect(wandbCommand(command, program).command).toEqual(expected),
  );

  it('leaves variables to the start of a trial, so that no file holds a secret', () => {
    const words = ['--data=${envvar:DATA}/x', '${envvar:MISSING}', '${program}', '${envvar:A B}'];
    const { command, notes: told } = wandbCommand(words.slice(0, 3), 'a.py', { DATA: '/d/${args}' });
    expect(command).toEqual(['--data=${envvar:DATA}/x', '${envvar:MISSING}', 'a.py']);
    expect(wandbCommand(words, 'a.py').command?.at(-1)).toBe('$${envvar:A B}');
    expect(told).toEqual(['command: ${envvar:MISSING} is empty, since the environment has no MISSING']);
  });

  it("leaves what has no counterpart as text, which hpo's own reader takes for no placeholder", () => {
    const { command, notes: told } = wandbCommand(['${other}', '${program}'], 'a.py');
    expect(command).toEqual(['$${other}', 'a.py']);
    expect(told).toHaveLength(1);
  });
});

describe('a whole W&B sweep', () => {
  it('becomes a sweep file of hpo', () => {
    const { sweep, notes: told } = wandbSweep(
      {
        program: 'train.py',
        name: 'my sweep!',
        method: 'bayes',
        metric: { name: 'val/loss', goal: 'minimize', target: 0.1 },
        run_cap: 40,
        early_terminate: { type: 'hyperband', min_iter: 3, eta: 2 },
        parameters: {
          lr: { min: 0.001, max: 0.1 },
          optimizer: { parameters: { momentum: { values: [0, 0.9] } } },
        },
      },
      'sweep.yaml',
    );
    expect(sweep).toEqual({
      study: 'my-sweep-',
      objective: { metric: 'val/loss', direction: 'minimize' },
      target: 0.1,
      trainer: { command: ['python3', 'train.py', '${args}'] },
      sampler: 'auto',
      pruner: { name: 'asha', min_resource: 3, reduction_factor: 2 },
      trials: 40,
      parameters: { lr: { min: 0.001, max: 0.1 }, 'optimizer.momentum': [0, 0.9] },
    });
    expect(told).toEqual([
      'optimizer: its parameters are named optimizer.NAME; W&B passes them as one mapping',
    ]);
  });

  it('tells 0.0 from 0, as W&B does', () => {
    const text = [
      'method: toString',
      'parameters:',
      '  dropout: { min: 0.0, max: 1.0 }',
      '  layers: { min: 1, max: 8 }',
      '  decay: { min: 0, max: 1e0 }',
      '  bits: { min: 0x1e, max: 64 }',
      '  outer: { parameters: { rate: { min: 0, max: 1. } } }',
    ].join('\n');
    const { value, source } = parseYaml(text, 'w.yaml');
    const { sweep } = wandbSweep(value as Record<string, unknown>, 'w.yaml', source);
    expect(sweep).toMatchObject({ sampler: 'auto' });
    expect(sweep.parameters).toEqual({
      dropout: { min: 0, max: 1 },
      layers: { min: 1, max: 8, int: true },
      decay: { min: 0, max: 1 },
      bits: { min: 30, max: 64, int: true },
      'outer.rate': { min: 0, max: 1 },
    });
  });

  it('says what it cannot carry over', () => {
    const { sweep, notes: told } = wandbSweep(
      { method: 'magic', project: 'p', early_terminate: { type: 'envelope' }, parameters: {} },
      'sweep.yaml',
    );
    expect(sweep).toMatchObject({ sampler: 'auto', objective: { metric: 'loss' } });
    expect(told.map((note) => note.split(':')[0])).toEqual([
      'metric',
      'method',
      'early_terminate',
      'program',
      'project',
    ]);
  });

  it('counts the brackets of max_iter from the end', () => {
    const early_terminate = { type: 'hyperband', max_iter: 27, s: 2, eta: 3 };
    expect(wandbSweep({ method: 'random', parameters: {}, early_terminate }, 's').sweep.pruner).toEqual({
      name: 'asha',
      min_resource: 3,
      reduction_factor: 3,
    });
  });
});
