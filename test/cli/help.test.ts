import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { makeProgram } from '../../src/cli/program.js';

/** What `--help` of a command prints, at 80 columns. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

function all(command: Command, path: string): [string, Command][] {
  const own = command.commands.flatMap((inner) => all(inner, `${path} ${inner.name()}`));
  return [[path, command], ...own];
}

const commands = all(makeProgram(), 'hpo');

test('these are the commands', () => {
  expect(commands.map(([path]) => path)).toEqual([
    'hpo',
    'hpo init',
    'hpo import',
    'hpo optimize',
    'hpo enqueue',
    'hpo best',
    'hpo importance',
    'hpo plot',
    'hpo summary',
    'hpo compare',
    'hpo trials',
    'hpo show',
    'hpo logs',
    'hpo export-csv',
    'hpo dashboard',
    'hpo pause',
    'hpo resume',
    'hpo set',
    'hpo stop',
    'hpo retry',
    'hpo note',
    'hpo hide',
    'hpo study',
    'hpo study create',
    'hpo study list',
    'hpo study show',
    'hpo study check',
    'hpo study delete',
    'hpo storage',
    'hpo storage check',
    'hpo train',
    'hpo ask',
    'hpo report',
    'hpo tell',
    'hpo completion',
    'hpo doctor',
  ]);
});

test.each(commands)('%s --help', (path, command) => {
  const help = helpOf(command);
  expect(help).toMatchSnapshot();
  if (path !== 'hpo') expect(help).toContain(`Examples:\n  $ ${path}`);
});
