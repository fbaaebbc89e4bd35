import type { Command } from 'commander';

const HELP = ['help', '--help', '-h'];

/**
 * Returns the words that lead to a command that does not exist, where a command line asks for its help (`hpo optimise --help`,
 * `hpo help optimise`); null where it asks for none, or its command exists. Commander would print the help of the command
 * above it, while an unknown command alone is an error that names the nearest one.
 */
export function unknownCommandOf(program: Command, args: readonly string[]): string[] | null {
  const words = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);
  if (!words.some((word) => HELP.includes(word))) return null;
  let command = program;
  const path: string[] = [];
  for (const word of words.filter((each) => !HELP.includes(each))) {
    if (word.startsWith('-')) return null;
    if (command.commands.length === 0) return null;
    path.push(word);
    const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (next === undefined) return path;
    command = next;
  }
  return null;
}
