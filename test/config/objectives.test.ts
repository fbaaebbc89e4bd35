import { describe, expect, it } from 'vitest';
import { pruners, refusePruning } from '../../src/pruners/registry.js';
import { samplers } from '../../src/samplers/registry.js';
import { load, mistakes } from './files.js';

const sweep = (objectives: string, rest = '') =>
  `${objectives}\ntrainer: { command: [./train] }\nparameters: { x: [1, 2] }\n${rest}`;
const TWO = 'objectives: [{ metric: error, direction: minimize }, { metric: size, direction: minimize }]';

const ranksSeveral = (name: string) => refusePruning(name, 2) === null;

describe('several objectives', () => {
  it('are taken in their order, each with its own reduction', async () => {
    const { spec } = await load(
      sweep(
        'objectives:\n  - { metric: accuracy, direction: maximize, reduce: best }\n  - { metric: size, direction: minimize }',
      ),
    );
    expect(spec.objectives).toEqual([
      { metric: 'accuracy', direction: 'maximize', reduce: 'best' },
      { metric: 'size', direction: 'minimize', reduce: 'last' },
    ]);
  });

  it('a list of one is the same as objective', async () => {
    const one = await load(sweep('objectives: [{ metric: error, direction: minimize }]', 'pruner: median\n'));
    const same = await load(sweep('objective: { metric: error, direction: minimize }', 'pruner: median\n'));
    expect(one.spec).toEqual(same.spec);
  });

  it('may be had from the built-in trainer too', async () => {
    const { spec } = await load(`${TWO}\nparameters: { epochs: [1, 2] }\n`);
    expect(spec.objectives.map(({ metric }) => metric)).toEqual(['error', 'size']);
  });

  it('show every mistake at its place', async () => {
    expect(
      await mistakes(
        sweep(
          'objectives:\n  - { metric: loss, direction: down }\n  - { metric: loss, reduce: sum }\n  - size',
        ),
      ),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:2:32 error[config.bad-value]: expected minimize or maximize, got the text "down"
      sweep.yaml:3:5 error[config.missing-key]: expected the key direction (minimize or maximize), got none
      sweep.yaml:3:29 error[config.bad-value]: expected last, best or mean, got the text "sum"
      sweep.yaml:4:5 error[config.wrong-type]: expected a mapping, got the text "size""
    `);
    expect(
      await mistakes(
        sweep(
          'objectives:\n  - { metric: loss, direction: minimize }\n  - { metric: loss, direction: maximize }',
        ),
      ),
    ).toMatchInlineSnapshot(`"sweep.yaml:3:15 error[config.duplicate-value]: loss is given twice"`);
    expect(await mistakes(sweep('objectives: []'))).toMatchInlineSnapshot(
      `"sweep.yaml:1:13 error[config.bad-value]: expected at least 1 entry, got an empty list"`,
    );
  });

  it('exclude objective', async () => {
    expect(
      await mistakes(sweep(`objective: { metric: loss, direction: minimize }\n${TWO}`)),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:2:1 error[config.exclusive-keys]: expected either objective or objectives, got both
        fix: put all of them into the list objectives"
    `);
  });

  it('exclude pruners and samplers of one objective', async () => {
    const shown = await mistakes(sweep(TWO, 'sampler: cmaes\npruner: { name: patient, warmup_steps: 1 }\n'));
    // A new sampler changes no test.
    const able = samplers.filter(({ objectives, reads }) => objectives === 'many' && reads === 'results');
    const list = able
      .map(({ name }) => name)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1');
    expect(shown.replace(list, 'SAMPLERS')).toMatchInlineSnapshot(`
      "sweep.yaml:4:10 error[config.one-objective]: the sampler cmaes supports one objective, got 2
        fix: use SAMPLERS, or search for one objective
      sweep.yaml:5:9 error[config.one-objective]: the pruner patient judges one objective, got 2
        fix: use median, percentile, asha, hyperband or none, or search for one objective"
    `);
    for (const { name, objectives } of samplers) {
      const text = sweep(TWO, `sampler: ${name}\n`);
      if (objectives === 'many') expect((await load(text)).spec.sampler.name).toBe(name);
      else expect(await mistakes(text)).toContain(`the sampler ${name} supports one objective, got 2`);
    }
    for (const { name } of pruners) {
      const text = sweep(TWO, `pruner: ${name}\n`);
      if (!ranksSeveral(name)) expect(await mistakes(text)).toContain('config.one-objective');
      else expect((await load(text)).spec.pruner.name).toBe(name);
    }
  });
});
