import { type Command, Option } from 'commander';
import { SETTINGS, type Setting } from '../config/settings.js';
import { flagText } from '../config/settings-text.js';
import { deprecatedFlag } from './deprecated-flag.js';
import { argumentParser } from './parse.js';

/** Adds the flag of every setting that has one, and its old names. */
export function addSettingFlags(command: Command, settings: readonly Setting[] = SETTINGS): Command {
  for (const setting of settings) {
    const { flag, kind } = setting;
    if (flag === null) continue;
    const declared = `--${flag.name} ${flag.argument}`;
    const option = new Option(declared, flagText(setting)).argParser(argumentParser(kind));
    // Commander takes `--no-` for the denial of another option.
    option.negate = false;
    if (kind.type === 'component') option.argChoices = kind.registry.map(({ name }) => name);
    command.addOption(option);
    for (const alias of flag.aliases)
      deprecatedFlag(command, {
        old: `--${alias} ${flag.argument}`,
        replacement: declared,
        parse: argumentParser(kind),
      });
  }
  return command;
}
