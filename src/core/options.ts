/** One option of a sampler or pruner, as plain data: config checks it, the CLI help and the docs print it. */
export type OptionSpec =
  | {
      readonly type: 'int' | 'number';
      readonly default: number;
      readonly min?: number;
      readonly max?: number;
      readonly help: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly help: string }
  | {
      /** One of these entries, with options of its own: a pruner around another one. */
      readonly type: 'entry';
      readonly entries: readonly Choosable[];
      /** The name of one of them. */
      readonly default: string;
      readonly help: string;
    };
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
export type OptionValues = { readonly [name: string]: OptionValue };
export type OptionValue = number | boolean | Chosen;

/** A sampler or pruner by its registry name. */
export type Chosen = { readonly name: string; readonly options: OptionValues };

/** What can be said of an entry of a registry without loading it. */
export type Choosable = { readonly name: string; readonly summary: string; readonly options: OptionSpecs };

/** An entry of a registry: cheap to list, loaded only when it is asked for. */
export type RegistryEntry<T> = Choosable & {
  readonly load: () => Promise<(options: OptionValues) => T>;
};

/** Fills in defaults; names and ranges are checked where options enter the program (config, the library). */
export function withDefaults(specs: OptionSpecs, given: Readonly<Record<string, unknown>>): OptionValues {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, filled(spec, given[name])]));
}

function filled(spec: OptionSpec, given: unknown): OptionValue {
  if (spec.type !== 'entry') return (given ?? spec.default) as number | boolean;
  const { name, options } = (given ?? { name: spec.default, options: {} }) as Chosen;
  const entry = spec.entries.find((each) => each.name === name);
  return { name, options: withDefaults(entry?.options ?? {}, options) };
}
