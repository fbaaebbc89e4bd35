import { describe, expect, it } from 'vitest';
import { load, mistakes, own } from './files.js';

const BUILTIN = 'parameters: { learner.opt: [sgd, adam] }';
const OWN = own('parameters: { x: [1, 2] }');

describe('extends', () => {
  it('merges bases underneath: mappings by key, lists as wholes, each relative to the file that names it', async () => {
    const { spec } = await load(BUILTIN, {
      'config.yaml': 'extends: base/a.yaml\nlearner: { momentum: 0.5 }\nmodel: { filters: [4, 4] }',
      'base/a.yaml': 'extends: ../deep.yaml\nlearner: { momentum: 0.1, step_size: 0.5 }\nepochs: 7',
      'deep.yaml': 'epochs: 3\nbatch_size: 11\nmodel: { filters: [2, 2], dense: 5 }',
    });
    expect(spec.config).toMatchObject({
      epochs: 7,
      batch_size: 11,
      learner: { momentum: 0.5, step_size: 0.5, weight_decay: 0 },
      model: { filters: [4, 4], dense: 5 },
    });
    expect(spec.config).not.toHaveProperty('extends');
  });

  it('takes a list of bases, the later one wins, and a base may be reached twice', async () => {
    const { spec } = await load(OWN, {
      'config.yaml': 'extends: [a.yaml, b.yaml]\nz: 1',
      'a.yaml': 'extends: c.yaml\nx: a\ny: a',
      'b.yaml': 'extends: c.yaml\ny: b',
      'c.yaml': 'x: c\nw: c\nz: c',
    });
    expect(spec.config).toEqual({ x: 'c', y: 'b', w: 'c', z: 1 });
  });

  it('is free-form for a trainer of your own', async () => {
    const { spec } = await load(OWN, { 'config.yaml': 'anything: { goes: [1, { a: null }] }' });
    expect(spec.config).toEqual({ anything: { goes: [1, { a: null }] } });
    expect((await load(OWN)).spec.config).toEqual({});
    expect((await load(OWN, { 'config.yaml': '# nothing' })).spec.config).toEqual({});
  });

  it('takes another file when it is named', async () => {
    const { spec } = await load(OWN, { 'config.yaml': 'a: 1', 'other.yaml': 'a: 2' }, 'other.yaml');
    expect(spec.config).toEqual({ a: 2 });
    expect(await mistakes(OWN, {}, 'other.yaml')).toMatchInlineSnapshot(`
      "error[config.not-found]: there is no run configuration other.yaml
        fix: name an existing file with --config FILE, or omit the option"
    `);
  });

  it('refuses cycles and missing files where they are named', async () => {
    expect(
      await mistakes(OWN, {
        'config.yaml': 'z: 1\nextends: [a.yaml, nowhere/b.yaml, folder]',
        'a.yaml': 'extends: sub/../config.yaml',
        'sub/x': '',
        'folder/x': '',
      }),
    ).toMatchInlineSnapshot(`
      "config.yaml:2:19 error[config.extends-missing]: expected a file to extend, got nowhere/b.yaml, which does not exist
        fix: the path is relative to the folder of this file
      config.yaml:2:35 error[config.extends-missing]: folder cannot be read as a file
      a.yaml:1:10 error[config.extends-cycle]: expected a base that does not extend this file itself, got sub/../config.yaml
        fix: remove one \`extends\` of this cycle"
    `);
    expect(await mistakes(OWN, { 'config.yaml': 'extends: config.yaml' })).toMatchInlineSnapshot(`
      "config.yaml:1:10 error[config.extends-cycle]: expected a base that does not extend this file itself, got config.yaml
        fix: remove one \`extends\` of this cycle"
    `);
  });

  it('places mistakes in the base that has them, and shows those of the sweep too', async () => {
    expect(
      await mistakes('parameters: { learner.optt: [sgd] }', {
        'config.yaml': 'extends: a.yaml\nepochs: 0\nextend: b.yaml',
        'a.yaml': 'learner:\n  stepsize: 0.1\n  opt: adm\nmodel: 3',
      }),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:1:15 error[config.bad-parameter]: expected a value of the run configuration, got learner.optt
        fix: did you mean learner.opt?
      config.yaml:2:9 error[config.bad-value]: expected a number at least 1, got the number 0
      config.yaml:3:1 error[config.unknown-key]: expected one of device, epochs, batch_size, learner, model, data, seed, extends, got extend
        fix: did you mean extends?
      a.yaml:2:3 error[config.unknown-key]: expected one of opt, step_size, weight_decay, momentum, got stepsize
        fix: did you mean step_size?
      a.yaml:3:8 error[config.bad-value]: expected sgd, adam, adamw or rmsprop, got the text "adm"
        fix: did you mean adam?
      a.yaml:4:8 error[config.wrong-type]: expected a mapping, got the number 3"
    `);
    expect(await mistakes(OWN, { 'config.yaml': 'a: [1, .nan]\nextends: 3' })).toMatchInlineSnapshot(`
      "config.yaml:1:8 error[config.bad-value]: expected a finite number, got NaN
      config.yaml:2:10 error[config.wrong-type]: expected text or a list, got the number 3"
    `);
    expect(await mistakes(OWN, { 'config.yaml': '- a' })).toMatchInlineSnapshot(
      `"config.yaml:1:1 error[config.wrong-type]: expected a mapping, got a list of 1"`,
    );
    expect(await mistakes(OWN, { 'config.yaml': 'extends: a.yaml', 'a.yaml': 'a: [' })).toMatchInlineSnapshot(
      `"a.yaml:1:5 error[config.syntax]: Flow sequence in block collection must be sufficiently indented and end with a ]"`,
    );
  });
});
