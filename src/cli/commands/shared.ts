import type { Command } from 'commander';
import { DEFAULT_STORAGE, DEFAULT_SWEEP } from '../paths.js';

/** Examples under a command's help, one a line. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
}

/** --study and --storage, for commands that speak of one study. */
export function studyOptions(command: Command): Command {
  return command
    .option('--study <name>', 'the study (default: the one of the sweep file, or the only one)')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--sweep <file>', 'the sweep file that names the study', DEFAULT_SWEEP);
}

export function jsonOption(command: Command): Command {
  return command.option('--json', 'print JSON');
}
