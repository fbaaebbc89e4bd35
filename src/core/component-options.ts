import { usageError } from './errors.js';
import { shownValue } from './shown-value.js';

/** One option of a sampler, pruner or executor, as plain data: config checks it, the CLI help and the docs print it. */
export type OptionSpec = NumberOption | OtherOption;

export type NumberOption = {
  readonly type: 'int' | 'number';
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
  readonly help: string;
};

export type OtherOption =
  | { readonly type: 'boolean'; readonly default: boolean; readonly help: string }
  /** Any text; empty: none. */
  | { readonly type: 'text'; readonly default: string; readonly help: string }
  /** A list of texts. */
  | { readonly type: 'texts'; readonly default: readonly string[]; readonly help: string }
  | {
      readonly type: 'choice';
      readonly values: readonly string[];
      readonly default: string;
      readonly help: string;
    }
  /** Written as `2h` or seconds, kept in milliseconds; 0: none. */
  | { readonly type: 'duration'; readonly default: number; readonly help: string }
  /** Written as `8GiB` or bytes, kept in bytes; 0: none. */
  | { readonly type: 'size'; readonly default: number; readonly help: string }
  /** Names with values that hpo passes on as they are. */
  | { readonly type: 'mapping'; readonly default: OptionMapping; readonly help: string }
  | {
      /** One of these entries with its options: a pruner that wraps another one. */
      readonly type: 'entry';
      readonly entries: readonly ComponentInfo[];
      /** The name of one of them. */
      readonly default: string;
      readonly help: string;
    };
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
export type OptionValues = { readonly [name: string]: OptionValue };
export type OptionMapping = { readonly [name: string]: unknown };
export type OptionValue = number | boolean | string | readonly string[] | ComponentSpec | OptionMapping;

/** A sampler or pruner by its registry name. */
export type ComponentSpec = { readonly name: string; readonly options: OptionValues };

/** The name under which a study stores a component that its program gave as an object; files are stored by their path. */
export const CUSTOM = 'own';

/** Returns whether a name means the user's own component: an object of a program, or a file. */
export function isCustomName(name: string): boolean {
  return name === CUSTOM || name.includes('/');
}

/** What is known of an entry of a registry without loading it. */
export type ComponentInfo = {
  readonly name: string;
  readonly summary: string;
  readonly options: OptionSpecs;
};

/** An entry of a registry: cheap to list, loaded only when it is used. */
export type RegistryEntry<T> = ComponentInfo & {
  readonly load: () => Promise<(options: OptionValues) => T>;
};

/**
 * Checks options that a program has given.
 * @throws HpoError options.unknown, options.bad-value (usage).
 */
export function checkOptions(of: string, specs: OptionSpecs, given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec) {
      const known = Object.keys(specs).join(', ') || 'no options';
      throw usageError('options.unknown', `expected ${known} for ${of}, got ${name}`);
    }
    const expected = expectation(spec, value);
    if (expected === null) continue;
    throw usageError(
      'options.bad-value',
      `expected ${name} of ${of} to be ${expected}, got ${shownValue(value)}`,
    );
  }
}

/** Returns what the value should be; null when it is right. */
function expectation(spec: OptionSpec, value: unknown): string | null {
  if (spec.type === 'boolean') return typeof value === 'boolean' ? null : 'true or false';
  if (spec.type === 'choice')
    return spec.values.includes(value as string) ? null : `one of ${spec.values.join(', ')}`;
  // An entry is checked when it is loaded with its options. The others are options of executors, which only files choose.
  if (!isNumberOption(spec)) return null;
  const { type, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec;
  const isRight =
    type === 'int' ? Number.isSafeInteger(value) : typeof value === 'number' && Number.isFinite(value);
  if (isRight && (value as number) >= min && (value as number) <= max) return null;
  const range = `${Number.isFinite(min) ? ` from ${min}` : ''}${Number.isFinite(max) ? ` up to ${max}` : ''}`;
  return `a ${type === 'int' ? 'whole number' : 'number'}${range}`;
}

export function isNumberOption(spec: OptionSpec): spec is NumberOption {
  return spec.type === 'int' || spec.type === 'number';
}

/** Returns the options with their defaults; names and ranges are checked where options enter the program. */
export function withDefaults(specs: OptionSpecs, given: Readonly<Record<string, unknown>>): OptionValues {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, filled(spec, given[name])]));
}

function filled(spec: OptionSpec, given: unknown): OptionValue {
  if (spec.type !== 'entry') return (given ?? spec.default) as OptionValue;
  const { name, options } = (given ?? { name: spec.default, options: {} }) as ComponentSpec;
  const entry = spec.entries.find((each) => each.name === name);
  return { name, options: withDefaults(entry?.options ?? {}, options) };
}
