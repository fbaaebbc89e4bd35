import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CommandValues,
  checkCommand as check,
  describeCommand,
  describeEnv,
  expandCommand as expand,
} from '../../../src/executors/local/placeholders.js';

const values = {
  params: {
    'learner.step_size': 1e-7,
    opt: 'a b;$(id)',
    nesterov: false,
    clip: null,
    'model.filters': '[8,16]',
  },
  seed: 5,
  targetStep: null,
  configFile: '/snap.json',
  paramsFile: '/p.json',
  trialDir: '/trial',
};
/** Of the whole space: `depth` is not active. */
const names = [...Object.keys(values.params), 'depth', 'seed'];
const expandCommand = (template: readonly string[], given = values as CommandValues) =>
  expand(template, given, names);
const checkCommand = (template: readonly string[]) => check(template, names);

describe('expandCommand', () => {
  it('writes one argument for each parameter', () => {
    expect(expandCommand(['train', '${overrides}', '--seed=${seed}'], values)).toEqual([
      'train',
      'learner.step_size=1e-7',
      'opt=a b;$(id)',
      'nesterov=false',
      'clip=null',
      'model.filters=[8,16]',
      '--seed=5',
    ]);
    expect(expandCommand(['t', '${args}'], values).slice(1, 3)).toEqual([
      '--learner.step_size=1e-7',
      '--opt=a b;$(id)',
    ]);
    expect(expandCommand(['t', '${overrides}'], { ...values, params: {} })).toEqual(['t']);
  });

  it('writes true as a flag, and nothing for false, where that is wanted', () => {
    const params = { amp: true, nesterov: false, lr: 0.1 };
    expect(expandCommand(['t', '${args_no_boolean_flags}'], { ...values, params })).toEqual([
      't',
      '--amp',
      '--lr=0.1',
    ]);
  });

  it('puts the others anywhere in an element', () => {
    expect(expandCommand(['t', '${config}', '-c${config}:${seed}', '${params_json}'], values)).toEqual([
      't',
      '/snap.json',
      '-c/snap.json:5',
      JSON.stringify(values.params),
    ]);
  });

  it('puts one parameter, and the paths of the trial, anywhere in an element', () => {
    expect(
      expandCommand(['t', '--lr=${learner.step_size}', '${opt}', '${trial_dir}/o', '-f${params_file}']),
    ).toEqual(['t', '--lr=1e-7', 'a b;$(id)', '/trial/o', '-f/p.json']);
  });

  it('leaves out an element with an inactive parameter', () => {
    expect(expandCommand(['t', '--depth=${depth}', '${opt}${depth}', 'x'])).toEqual(['t', 'x']);
    // The next argument must not become the program.
    expect(expandCommand(['${depth}', 'x'])).toEqual(['', 'x']);
  });

  it('leaves out an element that is a parameter with an empty value, and nothing else', () => {
    const empty = { ...values, params: { opt: '' } };
    expect(expandCommand(['t', '${opt}', 'x', '-a${opt}', '${opt}${opt}'], empty)).toEqual([
      't',
      'x',
      '-a',
      '',
    ]);
    expect(expandCommand(['${opt}', 'x'], empty)).toEqual(['', 'x']);
  });

  it('fills variables of the environment at a launch alone', () => {
    const template = ['t', '--key=${envvar:KEY}', '$${envvar:KEY}'];
    expect(expand(template, values, names)).toEqual(['t', '--key=$KEY', '${envvar:KEY}']);
    expect(expand(template, values, names, (name) => `<${name}>\${seed}`)[1]).toBe('--key=<KEY>${seed}');
    expect(() => expandCommand(['t', '${envvar:a b}'])).toThrow('got ${envvar:a b}');
  });

  it('prefers its own placeholder to a parameter of the same name', () => {
    expect(expandCommand(['t', '${seed}'], { ...values, params: { seed: 9 } })).toEqual(['t', '5']);
  });

  it('takes $${ for the text itself', () => {
    expect(expandCommand(['t', '$${seed} ${seed} $${HOME} $${args}'])).toEqual([
      't',
      '${seed} 5 ${HOME} ${args}',
    ]);
  });

  it('never reads a value for placeholders or replacement patterns', () => {
    const text = "${seed} $& $1 $' ${nothing}";
    expect(
      expandCommand(['t', '${overrides}', '${params_json}'], { ...values, params: { p: text } }),
    ).toEqual(['t', `p=${text}`, JSON.stringify({ p: text })]);
  });

  it('leaves other text alone', () => {
    const plain = ['t', '$seed', '{seed}', '$ {seed}', '$(seed)', '100%', '${', 'overrides', ''];
    expect(expandCommand(plain, values)).toEqual(plain);
  });
});

describe('checkCommand', () => {
  it.each([
    [[], 'trainer.empty-command'],
    [[''], 'trainer.empty-command'],
    [['t', '${HOME}'], 'trainer.unknown-placeholder'],
    [['t', '${}'], 'trainer.unknown-placeholder'],
    [['t', '${constructor}'], 'trainer.unknown-placeholder'],
    [['t', 'x${overrides}'], 'trainer.placeholder-not-alone'],
    [['t', '${args} '], 'trainer.placeholder-not-alone'],
  ])('refuses %j with %s', (command, code) => {
    expect(() => checkCommand(command)).toThrow(expect.objectContaining({ code, usage: true }));
  });

  it('lists what is known', () => {
    expect(() => checkCommand(['t', '${lr}'])).toThrow(
      '${overrides}, ${args}, ${args_no_boolean_flags}, ${params_json}, ${params_file}, ${seed}, ${config}, ${trial_dir}, ${target_step} or a parameter, got ${lr}',
    );
  });
});

describe('showing a command', () => {
  it('quotes what a shell would take apart', () => {
    expect(describeCommand(['a', 'b c', "it's", '', 'k=1'])).toBe(`a 'b c' 'it'\\''s' '' k=1`);
    expect(describeEnv({ CUDA_VISIBLE_DEVICES: '', A: 'x y' })).toBe("CUDA_VISIBLE_DEVICES= A='x y'");
  });

  it('is read back by a real shell', async () => {
    const { execaSync } = await import('execa');
    const word = fc.string({ unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (argv) => {
        const script = `printf '%s\\0' ${describeCommand(argv)}`;
        expect(execaSync('/bin/sh', ['-c', script]).stdout.split('\0').slice(0, -1)).toEqual(argv);
      }),
      { numRuns: 15 },
    );
  });
});
