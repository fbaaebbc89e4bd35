import { isMapping } from '../../core/mapping.js';

export type OptionKind = 'float' | 'int' | 'text' | 'bool' | 'unknown';
export type Scalar = string | number;

/** An option of a script, as its definition or its help shows it. */
export type ScriptOption = {
  /** The name of the parameter: the option without its hyphens. */
  readonly name: string;
  /** As it is written on the command line, `--learning-rate`; empty for a positional argument. */
  readonly flag: string;
  readonly kind: OptionKind;
  /** Null when there is none, or it is no scalar. */
  readonly default: Scalar | boolean | null;
  readonly choices: readonly Scalar[] | null;
  readonly min: number | null;
  readonly max: number | null;
  /** It takes no value. */
  readonly isSwitch: boolean;
  /** It takes several values. */
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly help: string;
  /** It exists only with these values of another option; null: always. */
  readonly when: { readonly name: string; readonly values: readonly Scalar[] } | null;
};

/** Returns an option that is written `name=value`, of which nothing but its default is known. */
export function plainOption(name: string, value: Scalar | boolean | null): ScriptOption {
  return {
    name,
    flag: name,
    kind: kindOf(value, null),
    default: value,
    choices: null,
    min: null,
    max: null,
    isSwitch: false,
    isList: false,
    isRequired: false,
    help: '',
    when: null,
  };
}

/** What a script takes: its options, and those of its commands. */
export type ScriptOptions = {
  readonly options: readonly ScriptOption[];
  readonly commands: Readonly<Record<string, ScriptOptions>>;
};

const KINDS: Readonly<Record<string, OptionKind>> = {
  float: 'float',
  floating: 'float',
  number: 'float',
  double: 'float',
  float64: 'float',
  'float range': 'float',
  int: 'int',
  integer: 'int',
  'integer range': 'int',
  range: 'unknown',
  str: 'text',
  string: 'text',
  text: 'text',
  enum: 'text',
  choice: 'text',
  path: 'text',
  file: 'text',
  bool: 'bool',
  boolean: 'bool',
  str2bool: 'bool',
  strtobool: 'bool',
};
const MAX_CHOICES = 50;

/** Returns the options in a record of the recording parsers. */
export function toScriptOptions(record: unknown): ScriptOptions {
  if (!isMapping(record)) return { options: [], commands: {} };
  const list = Array.isArray(record.options) ? record.options : [];
  const commands = isMapping(record.commands) ? Object.entries(record.commands) : [];
  return {
    options: list.flatMap((each) => toOption(each) ?? []),
    commands: Object.fromEntries(commands.map(([name, below]) => [name, toScriptOptions(below)])),
  };
}

function toOption(given: unknown): ScriptOption | null {
  if (!isMapping(given) || typeof given.name !== 'string') return null;
  const flags = Array.isArray(given.flags) ? given.flags.filter((flag) => typeof flag === 'string') : [];
  const choices = choicesOf(given.choices);
  const kind = kindNamed(given.type);
  return {
    name: given.name,
    flag: bestFlag(flags),
    kind: kind === 'unknown' ? kindOf(given.default, choices) : kind,
    default: isScalar(given.default) || typeof given.default === 'boolean' ? given.default : null,
    choices,
    min: typeof given.min === 'number' ? given.min : null,
    max: typeof given.max === 'number' ? given.max : null,
    isSwitch: given.switch === true,
    isList: given.list === true || Array.isArray(given.default),
    isRequired: given.required === true,
    help: typeof given.help === 'string' ? given.help : '',
    when: null,
  };
}

/** Returns the kind that the name of a type means. */
export function kindNamed(type: unknown): OptionKind {
  const name = typeof type === 'string' ? type.toLowerCase() : '';
  return Object.hasOwn(KINDS, name) ? (KINDS[name] ?? 'unknown') : 'unknown';
}

/** Returns the kind of an option without a type: that of its default or its choices. */
export function kindOf(value: unknown, choices: readonly Scalar[] | null): OptionKind {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  const texts = choices?.map(String) ?? (typeof value === 'string' ? [value] : []);
  if (texts.length === 0) return 'unknown';
  if (texts.every((text) => /^[-+]?\d+$/.test(text))) return 'int';
  return texts.every(isNumberText) ? 'float' : 'text';
}

/** Returns whether a text is a number. */
export function isNumberText(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

function choicesOf(given: unknown): Scalar[] | null {
  if (!Array.isArray(given)) return null;
  const found = given.filter(isScalar);
  return found.length > 0 && found.length === given.length && found.length <= MAX_CHOICES ? found : null;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** The long form is the one that people read. */
function bestFlag(flags: readonly string[]): string {
  return flags.find((flag) => flag.startsWith('--')) ?? flags[0] ?? '';
}

/** Returns the element of a command that gives an option a value. */
export function flagWith({ flag }: ScriptOption, value: string): string {
  // -l0.1: both argparse and click read it, while -l=0.1 is another value for click.
  return /^-[^-]$/.test(flag) ? `${flag}${value}` : `${flag}=${value}`;
}
