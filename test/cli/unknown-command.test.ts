import { expect, test } from 'vitest';
import { makeProgram } from '../../src/cli/program.js';
import { unknownCommandOf } from '../../src/cli/unknown-command.js';
import { hpoInProcess } from '../support/in-process.js';

test.each([
  ['optimise --help', 'optimise', 'optimize'],
  ['help optimise', 'optimise', 'optimize'],
  ['optimise -h --trials 3', 'optimise', 'optimize'],
  ['--help optimise', 'optimise', 'optimize'],
  ['study lst --help', 'lst', 'list'],
  ['help study lst', 'lst', 'list'],
  ['study help lst', 'lst', 'list'],
])('hpo %s is an error that names the nearest command', async (line, wrong, right) => {
  const { code, stdout, stderr } = await hpoInProcess(...line.split(' '));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`error: unknown command '${wrong}'\n(Did you mean ${right}?)`);
});

test.each(['--help', 'help', 'help best', 'best --help', 'study --help', 'help study', 'study list -h'])(
  'hpo %s prints help',
  async (line) => {
    const { code, stdout, stderr } = await hpoInProcess(...line.split(' '));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: hpo /);
  },
);

test('words after -- and arguments of a command are none of its business', () => {
  const words = (line: string) => unknownCommandOf(makeProgram(), line.split(' '));
  expect(words('tune -- optimise --help')).toBeNull();
  expect(words('plot historie --help')).toBeNull();
  expect(words('optimise --trials 3')).toBeNull();
  expect(words('--version optimise --help')).toBeNull();
});
