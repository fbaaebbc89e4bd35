import type { Params, ParamValue } from '../../core/distribution.js';
import { usageError } from '../../core/errors.js';
import { paramsJson, paramText } from '../../core/param-text.js';
import { shellLine } from '../../core/shell-word.js';
import { fillTemplate, placeholdersOf, variableOf } from '../../core/template.js';

export type CommandValues = {
  /** The active parameters. */
  readonly params: Params;
  readonly seed: number;
  /** The snapshot of the run's defaults. */
  readonly configFile: string;
  /** HPO_PARAMS_FILE. */
  readonly paramsFile: string;
  /** HPO_TRIAL_DIR. */
  readonly trialDir: string;
  /** HPO_TARGET_STEP; null: nobody knows how long a full trial is. */
  readonly targetStep: number | null;
};

/** Each becomes one argument for each parameter, so it must be a separate element. */
const LISTS: Readonly<Record<string, (name: string, value: ParamValue) => readonly string[]>> = {
  overrides: (name, value) => [`${name}=${paramText(value)}`],
  args: (name, value) => [`--${name}=${paramText(value)}`],
  // As W&B has it: true is the flag alone, false nothing.
  args_no_boolean_flags: (name, value) =>
    typeof value === 'boolean' ? (value ? [`--${name}`] : []) : [`--${name}=${paramText(value)}`],
};
const SCALARS: Readonly<Record<string, (values: CommandValues) => string | null>> = {
  params_json: ({ params }) => paramsJson(params),
  params_file: ({ paramsFile }) => paramsFile,
  seed: ({ seed }) => String(seed),
  config: ({ configFile }) => configFile,
  trial_dir: ({ trialDir }) => trialDir,
  target_step: ({ targetStep }) => (targetStep === null ? null : String(targetStep)),
};
const KNOWN = [...Object.keys(LISTS), ...Object.keys(SCALARS)].map((name) => `\${${name}}`).join(', ');

/**
 * Checks a trainer's command before anything starts. `parameters`: the names that have a placeholder of their own.
 * @throws HpoError (usage) trainer.empty-command, trainer.unknown-placeholder or trainer.placeholder-not-alone.
 */
export function checkCommand(template: readonly string[], parameters: readonly string[]): void {
  if (template[0] === undefined || template[0] === '') {
    throw usageError(
      'trainer.empty-command',
      'trainer.command needs a program as its first element, got nothing',
      { fix: 'for example: command: [python3, train.py, "${overrides}"]' },
    );
  }
  for (const element of template) {
    for (const name of placeholdersOf(element)) {
      const text = `\${${name}}`;
      if (Object.hasOwn(SCALARS, name) || variableOf(name) !== null) continue;
      if (!Object.hasOwn(LISTS, name)) {
        if (parameters.includes(name)) continue;
        throw usageError(
          'trainer.unknown-placeholder',
          `expected one of ${KNOWN} or a parameter, got ${text}`,
          {
            fix: `environment variables are not expanded; the trainer finds its parameters in HPO_PARAMS_FILE too; write $${text} for the text itself`,
          },
        );
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
 * Returns the argument list of one trial. An element with the placeholder of an inactive parameter, or of an unknown target
 * step, is left out, and one that is only a parameter whose value is empty; but not the program, which then has no name.
 * Inserted values are never searched for placeholders again.
 * `variable`: what `${envvar:NAME}` stands for; where people see the command that is `$NAME`, for a launch its value.
 * @throws HpoError as `checkCommand`.
 */
export function expandCommand(
  template: readonly string[],
  values: CommandValues,
  parameters: readonly string[],
  variable: (name: string) => string = (name) => `$${name}`,
): string[] {
  checkCommand(template, parameters);
  return template.flatMap((element, at) => {
    const [first = '', ...more] = placeholdersOf(element);
    if (Object.hasOwn(LISTS, first))
      return Object.entries(values.params).flatMap(([name, value]) => LISTS[first]?.(name, value) ?? []);
    const isLeftOut = [first, ...more].some(
      (name) => (parameters.includes(name) || name === 'target_step') && textFor(name, values) === null,
    );
    if (isLeftOut) return at === 0 ? [''] : [];
    const text = fillTemplate(element, (name) => {
      const wanted = variableOf(name);
      return wanted === null ? textFor(name, values) : variable(wanted);
    });
    return text === '' && at > 0 && isOnly(element, parameters) ? [] : text;
  });
}

/** Returns whether a command has the seed and all of these parameters as its arguments. */
export function saysAll(template: readonly string[], parameters: readonly string[]): boolean {
  const placed = new Set(template.flatMap((element) => [...placeholdersOf(element)]));
  const isWhole = ['params_json', ...Object.keys(LISTS)].some((name) => placed.has(name));
  return placed.has('seed') && (isWhole || parameters.every((name) => placed.has(name)));
}

/** Returns whether an element is a parameter and nothing else: where its value is the empty text, there is no argument. */
function isOnly(element: string, parameters: readonly string[]): boolean {
  return parameters.some((name) => element === `\${${name}}`);
}

/** Returns the text for a placeholder; null for a parameter that is not active. hpo's own placeholders come first. */
function textFor(name: string, values: CommandValues): string | null {
  if (Object.hasOwn(SCALARS, name)) return SCALARS[name]?.(values) ?? null;
  const { params } = values;
  return Object.hasOwn(params, name) ? paramText(params[name] ?? null) : null;
}

/** Returns an argument list for people, quoted so that a POSIX shell would read the same list. Nothing here runs it. */
export function describeCommand(argv: readonly string[]): string {
  return argv.map(shellLine).join(' ');
}

/** Returns environment variables for people: `A=1 B='two words'`. */
export function describeEnv(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value === '' ? '' : shellLine(value)}`)
    .join(' ');
}
