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
    'hpo optimize',
    'hpo tune',
    'hpo import',
    'hpo doctor',
    'hpo dashboard',
    'hpo best',
    'hpo trials',
    'hpo show',
    'hpo logs',
    'hpo workers',
    'hpo plot',
    'hpo importance',
    'hpo compare',
    'hpo summary',
    'hpo export-csv',
    'hpo enqueue',
    'hpo stop',
    'hpo retry',
    'hpo pause',
    'hpo resume',
    'hpo set',
    'hpo note',
    'hpo hide',
    'hpo study',
    'hpo study create',
    'hpo study list',
    'hpo study show',
    'hpo study check',
    'hpo study copy',
    'hpo study delete',
    'hpo storage',
    'hpo storage check',
    'hpo ask',
    'hpo report',
    'hpo tell',
    'hpo train',
    'hpo sampler',
    'hpo mcp',
    'hpo schema',
    'hpo completion',
  ]);
});

test.each(commands)('%s --help', (path, command) => {
  const help = helpOf(command);
  expect(help).toMatchSnapshot();
  if (path !== 'hpo') expect(help).toContain(`Examples:\n  $ ${path}`);
});
