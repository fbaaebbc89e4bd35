import { type Command, Option } from 'commander';
import { warn } from './output.js';

/** `old` and `replacement` as they are declared: `--limit <duration>`, `--timeout <duration>`. */
export type DeprecatedFlag = {
  readonly old: string;
  readonly replacement: string;
  readonly parse?: (text: string) => unknown;
};

/**
 * Adds a hidden flag that still works under its old name: it sets the option of its replacement, with one line on stderr.
 * Call it after the replacement is declared.
 */
export function deprecatedFlag(command: Command, { old, replacement, parse }: DeprecatedFlag): Command {
  const option = new Option(old).hideHelp();
  if (parse) option.argParser(parse);
  const target = new Option(replacement);
  command.addOption(option);
  command.on(`option:${option.name()}`, () => {
    warn(`${option.long} is deprecated: use ${target.long}`);
    command.setOptionValueWithSource(
      target.attributeName(),
      command.getOptionValue(option.attributeName()),
      'cli',
    );
  });
  return command;
}
