import { describe, expect, it, test } from 'vitest';
import { hydraSweep, isHydraSweep } from '../../../src/config/import/hydra-sweep.js';
import { loadSweep } from '../../../src/config/load.js';
import { stringify } from '../../../src/config/plain-yaml.js';

const parametersOf = (params: Readonly<Record<string, unknown>>, key = 'params') =>
  hydraSweep({ hydra: { sweeper: { [key]: params } } }, 'a.yaml', 'a.py').sweep.parameters;

describe("parameters of Hydra's sweepers", () => {
  it.each<[string, unknown, unknown]>([
    ['interval', 'interval(0.001, 0.1)', { min: 0.001, max: 0.1 }],
    ['a tag', 'tag(log, interval(0.001, 0.1))', { min: 0.001, max: 0.1, log: true }],
    ['a whole interval', 'int(interval(1, 8))', { min: 1, max: 8, int: true }],
    ['both', 'tag(log, int(interval(1, 1000)))', { min: 1, max: 1000, int: true, log: true }],
    ['range, whose end is not included', 'range(1, 10, step=3)', { min: 1, max: 7, int: true, step: 3 }],
    ['range by names', 'range(start=0, stop=5)', { min: 0, max: 4, int: true }],
    ['range of fractions', 'range(0.1, 0.5, 0.1)', { min: 0.1, max: 0.4, step: 0.1 }],
    ['choice', "choice(sgd, 'adam', 3)", ['sgd', 'adam', 3]],
    ['shuffle', 'shuffle(a, b)', ['a', 'b']],
    ['a list', '0.1, 0.2,0.3', [0.1, 0.2, 0.3]],
    ['one value', true, [true]],
  ])('%s', (_, given, expected) => expect(parametersOf({ x: given })).toEqual({ x: expected }));

  it.each<[string, string, unknown, unknown]>([
    [
      'Optuna 1.0',
      'search_space',
      { type: 'float', low: 0.001, high: 0.1, log: true },
      { min: 0.001, max: 0.1, log: true },
    ],
    [
      'Optuna 1.0, int',
      'search_space',
      { type: 'int', low: 1, high: 9, step: 2 },
      { min: 1, max: 9, int: true, step: 2 },
    ],
    ['Optuna 1.0, categorical', 'search_space', { type: 'categorical', choices: ['a', 'b'] }, ['a', 'b']],
    [
      'Nevergrad',
      'parametrization',
      { init: 0.02, lower: 0.001, upper: 1, log: true },
      { min: 0.001, max: 1, log: true },
    ],
  ])('%s', (_, key, given, expected) => expect(parametersOf({ x: given }, key)).toEqual({ x: expected }));

  it('Ax', () => {
    const given = {
      hydra: { sweeper: { ax_config: { max_trials: 9, params: { x: { type: 'range', bounds: [-5, 5] } } } } },
    };
    expect(hydraSweep(given, 'a.yaml', null).sweep).toMatchObject({
      trials: 9,
      parameters: { x: { min: -5, max: 5 } },
    });
  });
});

test("Optuna's sweeper becomes a sweep file, with what the file does not say", async () => {
  const given = {
    defaults: [{ 'override hydra/sweeper': 'optuna' }],
    hydra: {
      sweeper: {
        sampler: { _target_: 'optuna.samplers.TPESampler', seed: 123 },
        direction: 'maximize',
        study_name: 'sphere',
        n_trials: 20,
        n_jobs: 2,
        params: { 'optimizer.lr': 'tag(log, interval(0.001, 0.1))', '+layers': 'range(1, 5)' },
      },
    },
    lr: 1,
  };
  expect(isHydraSweep(given)).toBe(true);
  expect(isHydraSweep({ hydra: { run: {} }, parameters: {} })).toBe(false);
  const { sweep, notes } = hydraSweep(given, 'config.yaml', null);
  expect(sweep).toEqual({
    study: 'sphere',
    objective: { metric: 'loss', direction: 'maximize' },
    trainer: { command: ['python3', 'train.py', '${overrides}', "hydra.run.dir='${trial_dir}'"] },
    sampler: 'tpe',
    trials: 20,
    max_concurrent: 2,
    parameters: {
      'optimizer.lr': { min: 0.001, max: 0.1, log: true },
      layers: { min: 1, max: 4, int: true },
    },
  });
  expect(notes).toHaveLength(2);
  await loadSweep({ sweepFile: 'hydra.yaml', text: stringify(sweep) });
});
