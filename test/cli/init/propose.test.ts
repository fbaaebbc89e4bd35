import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { ignoreInRepository, linesToIgnore } from '../../../src/cli/init/ignore-file.js';
import { propose, proposeAll } from '../../../src/cli/init/propose.js';
import { kindOf, type ScriptOption } from '../../../src/cli/init/script-option.js';

const NO_FACTS = { words: [], looksUpOptimizers: false };

function option(
  name: string,
  value: ScriptOption['default'],
  more: Partial<ScriptOption> = {},
): ScriptOption {
  return {
    name,
    flag: `--${name}`,
    kind: kindOf(value, null),
    default: value,
    choices: null,
    min: null,
    max: null,
    isSwitch: false,
    isList: false,
    isRequired: false,
    help: '',
    when: null,
    ...more,
  };
}
const range = (name: string, value: ScriptOption['default'], more?: Partial<ScriptOption>) =>
  propose(option(name, value, more), NO_FACTS)?.parameter ?? null;

test.each(['lr', 'learning_rate', 'base-lr', 'optimizer.lr', 'lr_actor', 'learningRate'])(
  '%s has a log range around its default',
  (name) => {
    expect(range(name, 0.003)).toEqual({ min: 0.0003, max: 0.03, log: true, int: false });
  },
);

test('what is usually searched has a range by its name', () => {
  expect(range('dropout', 0.1)).toEqual({ min: 0, max: 0.5, log: false, int: false });
  expect(range('momentum', 0.9)).toEqual({ min: 0.5, max: 0.99, log: false, int: false });
  expect(range('weight_decay', 0)).toEqual({ min: 1e-6, max: 0.01, log: true, int: false });
  expect(range('batch_size', 32)).toEqual({ values: [16, 32, 64, 128] });
  expect(range('num_layers', 2)).toEqual({ min: 1, max: 4, log: false, int: true });
  expect(range('hidden_size', 64)).toEqual({ min: 16, max: 256, log: true, int: true });
  expect(range('optimizer', 'sgd', { choices: ['sgd', 'adam'] })).toEqual({ values: ['sgd', 'adam'] });
  // A whole number as the default of a fraction.
  expect(range('lr', 1, { kind: 'float' })).toEqual({ min: 0.1, max: 10, log: true, int: false });
});

test('limits of the definition hold', () => {
  expect(range('layers', 2, { min: 1, max: 3 })).toEqual({ min: 1, max: 3, log: false, int: true });
  expect(range('batch_size', 32, { max: 64 })).toEqual({ values: [16, 32, 64] });
});

test.each([
  'epochs',
  'num_train_epochs',
  'max_steps',
  'seed',
  'random_state',
  'data_dir',
  'output-path',
  'checkpoint',
  'device',
  'gpus',
  'num_workers',
  'n_jobs',
  'verbose',
  'log_interval',
  'eval_batch_size',
  'num_classes',
  'input_dim',
  'local_rank',
])('%s is never searched', (name) => {
  expect(range(name, 3)).toBeNull();
  expect(range(name, 0.5)).toBeNull();
});

test('switches, lists, texts and data sets are left alone', () => {
  expect(range('resume', false, { isSwitch: true })).toBeNull();
  expect(range('lr', 0.1, { isList: true })).toBeNull();
  expect(range('comment', 'x')).toBeNull();
  expect(range('dataset', 'mnist', { choices: ['mnist', 'cifar'] })).toBeNull();
});

test('an optimizer without choices has those that the script names', () => {
  const facts = { words: ['adam', 'SGD', 'sgd', 'relu', 'x'], looksUpOptimizers: false };
  expect(propose(option('opt', 'adam'), facts)?.parameter).toEqual({ values: ['adam', 'sgd'] });
  expect(propose(option('opt', 'Adam'), { words: [], looksUpOptimizers: true })?.parameter).toEqual({
    values: ['SGD', 'Adam', 'AdamW', 'RMSprop'],
  });
  // A wrong name would fail.
  expect(propose(option('opt', 'adam'), NO_FACTS)).toBeNull();
});

test('whole numbers with unknown names are searched only where nothing else is known', () => {
  const [k, alpha, lr] = [option('k', 5), option('alpha', 0.3), option('lr', 0.1)];
  const names = (...options: ScriptOption[]) => proposeAll(options, NO_FACTS).map((each) => each.option.name);
  expect(names(k, alpha, lr)).toEqual(['alpha', 'lr']);
  expect(names(k)).toEqual(['k']);
});

test('every range contains the default it starts from', () => {
  const names = fc.constantFrom(
    'lr',
    'wd',
    'dropout',
    'momentum',
    'batch_size',
    'layers',
    'hidden',
    'foo',
    'max_depth',
    'clip',
  );
  fc.assert(
    fc.property(
      names,
      fc.oneof(fc.double({ noNaN: true, min: -10, max: 1e6 }), fc.integer({ min: -5, max: 5000 })),
      (name, value) => {
        const found = propose(option(name, value), NO_FACTS);
        if (found === null || found.start === null) return;
        const { parameter, start } = found;
        if ('values' in parameter) expect(parameter.values).toContain(start);
        else expect(parameter.min <= Number(start) && Number(start) <= parameter.max).toBe(true);
      },
    ),
  );
});

test('a switch of a model or an optimizer is searched as itself or nothing; another switch is not', () => {
  const on = (name: string, value: boolean | null = false) =>
    propose(option(name, value, { isSwitch: true, kind: 'bool' }), NO_FACTS);
  expect(on('nesterov')).toMatchObject({ parameter: { values: ['', '--nesterov'] }, start: '' });
  expect(on('use_batch_norm')?.parameter).toEqual({ values: ['', '--use_batch_norm'] });
  for (const name of ['resume', 'verbose', 'no_cuda', 'debug', 'amp']) expect(on(name)).toBeNull();
  expect([on('nesterov', true), on('nesterov', null)]).toEqual([null, null]);
});

test('a folder in a repository gains a .gitignore, and lines that a folder above has for everywhere are left out', () => {
  const root = mkdtempSync(join(tmpdir(), 'hpo-ignore-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const ignored = (folder: string) => readFileSync(join(folder, '.gitignore'), 'utf8');
  expect(ignoreInRepository(root)).toBe(false);
  expect(existsSync(join(root, '.gitignore'))).toBe(false);
  const inner = join(root, 'a', 'b');
  mkdirSync(inner, { recursive: true });
  mkdirSync(join(root, '.git'));
  writeFileSync(join(root, '.gitignore'), 'outputs/\n/storage/\n');
  expect(ignoreInRepository(inner)).toBe(true);
  expect(ignored(inner)).toBe('# hpo\n/storage/\n/cfg/runs.csv\n/cfg/runs.*.csv\n/cfg/steps.csv\n');
  expect(ignoreInRepository(inner)).toBe(false);
  expect(ignoreInRepository(root)).toBe(true);
  // What npm has put into a repository of another language.
  mkdirSync(join(inner, 'node_modules'));
  expect(ignoreInRepository(inner)).toBe(true);
  expect(readFileSync(join(inner, '.gitignore'), 'utf8')).toContain('\n/node_modules/\n');
  expect(ignoreInRepository(inner)).toBe(false);
  expect(ignored(root)).toMatch(/^outputs\/\n\/storage\/\n\n# hpo\n\/cfg/);
});

test('.gitignore keeps its lines, and gains what is missing once', () => {
  expect(linesToIgnore('')).toBe(
    '# hpo\n/outputs/\n/storage/\n/cfg/runs.csv\n/cfg/runs.*.csv\n/cfg/steps.csv\n',
  );
  expect(linesToIgnore('node_modules')).toBe(
    '\n\n# hpo\n/outputs/\n/storage/\n/cfg/runs.csv\n/cfg/runs.*.csv\n/cfg/steps.csv\n',
  );
  expect(linesToIgnore('outputs\nstorage/**\n')).toBe(
    '\n# hpo\n/cfg/runs.csv\n/cfg/runs.*.csv\n/cfg/steps.csv\n',
  );
  expect(linesToIgnore(`x\n${linesToIgnore('x\n')}`)).toBe('');
});

test('a count is a whole number where nothing says its type, a fraction is none', () => {
  expect(range('hidden', null)).toMatchObject({ int: true });
  expect(range('hidden', null, { kind: 'float' })).toMatchObject({ int: false });
  expect(range('lr', null)).toMatchObject({ int: false });
});
