import { expect, test } from 'vitest';
import { optionsOfHelp } from '../../../src/cli/init/help-text.js';

const shown = (text: string) =>
  optionsOfHelp(text).map(({ name, flag, kind, default: value, choices, isSwitch }) => [
    name,
    flag,
    isSwitch ? 'switch' : kind,
    value,
    choices,
  ]);

test('argparse', () => {
  expect(
    shown(`usage: train.py [-h] [--lr LR] [--opt {sgd,adam}] [--amp]

options:
  -h, --help            show this help message and exit
  -l LR, --learning-rate LR
                        learning rate (default: 0.01)
  --opt {sgd,adam}      (default: sgd)
  --batch-size N        input batch size (default: 64)
  --amp                 mixed precision (default: False)
`),
  ).toEqual([
    ['learning_rate', '--learning-rate', 'float', 0.01, null],
    ['opt', '--opt', 'text', 'sgd', ['sgd', 'adam']],
    ['batch_size', '--batch-size', 'int', 64, null],
    ['amp', '--amp', 'switch', false, null],
  ]);
});

test('click and typer', () => {
  expect(
    shown(`Usage: train.py [OPTIONS]
Options:
  --lr FLOAT               rate  [default: 0.01]
  --opt [sgd|adam]         [default: adam]
  --shuffle / --no-shuffle
  --help                   Show this message and exit.
`),
  ).toEqual([
    ['lr', '--lr', 'float', 0.01, null],
    ['opt', '--opt', 'text', 'adam', ['sgd', 'adam']],
    ['shuffle', '--shuffle', 'switch', null, null],
  ]);
  expect(
    shown('╭─ Options ──╮\n│ --lr          FLOAT    [default: 0.001]  │\n│ *  --k  INTEGER  [required] │\n'),
  ).toEqual([
    ['lr', '--lr', 'float', 0.001, null],
    ['k', '--k', 'int', null, null],
  ]);
});

test('absl', () => {
  expect(
    shown(
      "train.py:\n  --learning_rate: the rate\n    (default: '0.1')\n    (a number)\n  --[no]shuffle: s\n    (default: 'true')\n",
    ),
  ).toEqual([
    ['learning_rate', '--learning_rate', 'float', 0.1, null],
    ['shuffle', '--shuffle', 'switch', true, null],
  ]);
});

test('commander, yargs, clap and Go', () => {
  expect(shown('  --lr <number>   learning rate (default: 0.01)\n')).toEqual([
    ['lr', '--lr', 'float', 0.01, null],
  ]);
  expect(
    shown('      --lr       learning rate  [number] [default: 0.01]\n      --fast     [boolean]\n'),
  ).toEqual([
    ['lr', '--lr', 'float', 0.01, null],
    ['fast', '--fast', 'switch', null, null],
  ]);
  expect(shown('      --opt <OPT>  the optimizer [default: adam] [possible values: sgd, adam]\n')).toEqual([
    ['opt', '--opt', 'text', 'adam', ['sgd', 'adam']],
  ]);
  expect(shown('  -lr float\n    \tlearning rate (default 0.1)\n')).toEqual([
    ['lr', '-lr', 'float', 0.1, null],
  ]);
});

test('a whole default makes a whole number, with or without brackets', () => {
  const help = `  --hidden HIDDEN   units, default: 64
  --depth DEPTH     layers (default: 3)
  --width           [number] [default: 32]
  --gain GAIN       defaults to 0.5.
`;
  expect(optionsOfHelp(help).map(({ name, kind, default: value }) => [name, kind, value])).toEqual([
    ['hidden', 'int', 64],
    ['depth', 'int', 3],
    ['width', 'int', 32],
    ['gain', 'float', 0.5],
  ]);
});
