import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { printable } from '../../core/printable.js';
import type { Direction } from '../../core/trial.js';
import { DEFAULT_SWEEP } from '../paths.js';
import { examples, jsonOption } from './shared.js';

type Options = {
  readonly yes?: boolean;
  readonly run: boolean;
  readonly out: string;
  readonly force?: boolean;
  readonly metric?: string;
  readonly direction?: Direction;
  readonly python?: boolean;
  readonly node?: boolean;
  readonly json?: boolean;
};

export function registerInit(program: Command): void {
  const command = program
    .command('init')
    .description(
      'Write a commented sweep file for a script: its options as parameters, and how it prints its metric. In a folder without ' +
        'a script, write an example with a ten-line trainer.',
    )
    .argument('[script...]', 'the script with its arguments, or a whole command')
    .option('-y, --yes', 'run the script once without asking, for at most 30 s')
    .option('--no-run', 'do not run the script to find its metrics')
    .option('--metric <name>', 'the metric to optimize, as the script prints it')
    .addOption(
      new Option(
        '--direction <direction>',
        'whether less or more of it is better (default: by its name)',
      ).choices(['minimize', 'maximize']),
    )
    .option('--out <file>', 'where the sweep file is written', DEFAULT_SWEEP)
    .option('--force', 'write the sweep file again where it exists')
    .addOption(
      new Option(
        '--python',
        'write hpo.py too, which scripts and notebooks import (docs/python.md); the example uses it',
      ).conflicts('node'),
    )
    .addOption(new Option('--node', 'an example in JavaScript'));
  examples(
    jsonOption(command),
    'hpo init train.py',
    'hpo init -- python -m package.train --data here',
    'hpo init --python',
    'hpo init --node',
  ).action(async (script: string[], options: Options) => {
    const { init } = await import('../init/init.js');
    await init({
      script,
      language: options.node ? 'node' : options.python ? 'python' : null,
      out: options.out,
      force: options.force ?? false,
      metric: options.metric ?? null,
      direction: options.direction ?? null,
      json: options.json ?? false,
      mayRun: (shown) => mayRun(shown, options),
    });
  });
}

async function mayRun(shown: string, { yes, run, json }: Options): Promise<boolean> {
  if (!run) return false;
  if (yes || json || !process.stdin.isTTY || !process.stdout.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(
      `run it once to find its metrics, for at most 30 s: ${printable(shown)} ? [Y/n] `,
    );
    return !/^\s*n/i.test(answer);
  } finally {
    terminal.close();
  }
}
