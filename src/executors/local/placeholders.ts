import type { Params } from '../../core/distribution.js';
import { usageError } from '../../core/errors.js';
import { paramsJson, paramText } from '../../core/param-text.js';
import { shellWord } from '../../core/shell-word.js';

export type CommandValues = {
  readonly params: Params;
  readonly seed: number;
  /** The snapshot of the run's defaults. */
  readonly configFile: string;
};

const PLACEHOLDER = /\$\{([^}]*)\}/g;
/** Each becomes one argument for each parameter, so it must be a separate element. */
const LISTS: Readonly<Record<string, (name: string, value: string) => string>> = {
  overrides: (name, value) => `${name}=${value}`,
  args: (name, value) => `--${name}=${value}`,
};
const SCALARS: Readonly<Record<string, (values: CommandValues) => string>> = {
  params_json: ({ params }) => paramsJson(params),
  seed: ({ seed }) => String(seed),
  config: ({ configFile }) => configFile,
};
const KNOWN = [...Object.keys(LISTS), ...Object.keys(SCALARS)].map((name) => `\${${name}}`).join(', ');

/**
 * Checks a trainer's command before anything starts.
 * @throws HpoError (usage) trainer.empty-command, trainer.unknown-placeholder or trainer.placeholder-not-alone.
 */
export function checkCommand(template: readonly string[]): void {
  if (template[0] === undefined || template[0] === '') {
    throw usageError(
      'trainer.empty-command',
      'trainer.command needs a program as its first element, got nothing',
      { fix: 'for example: command: [python3, train.py, "${overrides}"]' },
    );
  }
  for (const element of template) {
    for (const [text, name = ''] of element.matchAll(PLACEHOLDER)) {
      if (Object.hasOwn(SCALARS, name)) continue;
      if (!Object.hasOwn(LISTS, name)) {
        throw usageError('trainer.unknown-placeholder', `expected one of ${KNOWN}, got ${text}`, {
          fix: 'environment variables are not expanded; the trainer finds its parameters in HPO_PARAMS_FILE too',
        });
      }
      if (text !== element) {
        throw usageError(
          'trainer.placeholder-not-alone',
          `${text} becomes one argument for each parameter and must be a separate element, got ${JSON.stringify(element)}`,
          { fix: `write ${text} as a separate element of the list` },
        );
      }
    }
  }
}

/**
 * Returns the argument list of one trial. Inserted values are never searched for placeholders again.
 * @throws HpoError as `checkCommand`.
 */
export function expandCommand(template: readonly string[], values: CommandValues): string[] {
  checkCommand(template);
  return template.flatMap((element) => {
    const list = LISTS[element.slice(2, -1)];
    if (list !== undefined && element.startsWith('${') && element.endsWith('}')) {
      return Object.entries(values.params).map(([name, value]) => list(name, paramText(value)));
    }
    return element.replaceAll(PLACEHOLDER, (text, name: string) => SCALARS[name]?.(values) ?? text);
  });
}

/** Returns an argument list for people, quoted so that a POSIX shell would read the same list. Nothing here runs it. */
export function describeCommand(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ');
}

/** Returns environment variables for people: `A=1 B='two words'`. */
export function describeEnv(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value === '' ? '' : shellWord(value)}`)
    .join(' ');
}
