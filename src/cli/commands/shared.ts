import type { Command } from 'commander';
import { asTyped } from '../as-typed.js';
import { DEFAULT_STORAGE, DEFAULT_SWEEP } from '../paths.js';

/** Adds examples to the help of a command, one a line. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${lines.map((line) => `  $ ${asTyped(line)}`).join('\n')}`,
  );
}

/** Adds --study, --storage and --sweep, for commands about one study. */
export function studyOptions(command: Command): Command {
  return command
    .option('--study <name>', 'the study (default: the one in the sweep file, or the only one)')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--sweep <file>', 'the sweep file that names the study', DEFAULT_SWEEP);
}

export function jsonOption(command: Command): Command {
  return command.option('--json', 'print JSON');
}
