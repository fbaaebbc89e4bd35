/** One option of a sampler or pruner, as plain data: config checks it, the CLI help and the docs print it. */
export type OptionSpec =
  | {
      readonly type: 'int' | 'number';
      readonly default: number;
      readonly min?: number;
      readonly max?: number;
      readonly help: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly help: string };
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
export type OptionValues = Readonly<Record<string, number | boolean>>;

/** An entry of a registry: cheap to list, loaded only when it is asked for. */
export type RegistryEntry<T> = {
  readonly name: string;
  readonly summary: string;
  readonly options: OptionSpecs;
  readonly load: () => Promise<(options: OptionValues) => T>;
};

/** Fills in defaults; names and ranges are checked where options enter the program (config, the library). */
export function withDefaults(specs: OptionSpecs, given: Readonly<Record<string, unknown>>): OptionValues {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, (given[name] ?? spec.default) as number | boolean]),
  );
}
