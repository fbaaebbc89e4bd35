import * as z from 'zod';
import {
  type ComponentInfo,
  type ComponentSpec,
  isNumberOption,
  type OptionSpec,
  type OptionSpecs,
  type OtherOption,
  withDefaults,
} from '../core/component-options.js';
import { durationSchema, toMs } from './duration-schema.js';
import { sizeSchema, toBytes } from './size-schema.js';

/** The form in a file: a name, or a mapping of a name and options. */
export type Given = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

/** The form of an executor in a file, which has `kind` in the place of the name. */
export type GivenKind = string | ({ readonly kind: string } & Readonly<Record<string, unknown>>);

/** The key that names the entry in a mapping. */
type NameKey = 'name' | 'kind';

/** Returns the schema of a sampler or pruner: its name, or a mapping of its name and options, from its registry. */
export function componentSchema(entries: readonly ComponentInfo[], nameKey: NameKey = 'name') {
  const names = entries.map((entry) => entry.name) as [string, ...string[]];
  const forms = entries.map((entry) =>
    z
      .strictObject({
        [nameKey]: z.literal(entry.name).describe(entry.summary),
        ...Object.fromEntries(Object.entries(entry.options).map(([name, spec]) => [name, option(spec)])),
      })
      .describe(entry.summary),
  );
  return z.union([
    z.enum(names),
    z.discriminatedUnion(nameKey, forms as [(typeof forms)[number], ...typeof forms]),
  ]);
}

function option(spec: OptionSpec): z.ZodType {
  const about = `${spec.help}${defaultText(spec)}`;
  if (!isNumberOption(spec)) return valueSchema(spec).optional().describe(about);
  let schema = spec.type === 'int' ? z.int() : z.number();
  if (spec.min !== undefined) schema = schema.min(spec.min);
  if (spec.max !== undefined) schema = schema.max(spec.max);
  return schema.optional().describe(about);
}

/** Returns the schema of an option that is no number. */
function valueSchema(spec: OtherOption): z.ZodType {
  switch (spec.type) {
    case 'boolean':
      return z.boolean();
    case 'entry':
      return componentSchema(spec.entries);
    case 'text':
      return z.string().min(1);
    case 'texts':
      return z.array(z.string().min(1));
    case 'choice':
      return z.enum(spec.values as [string, ...string[]]);
    case 'duration':
      return durationSchema;
    case 'size':
      return sizeSchema;
    case 'mapping':
      return z.record(z.string().min(1), z.unknown());
  }
}

/** Returns ` (default 3)`; nothing where the default is that there is none. */
export function defaultText({ type, default: value }: OptionSpec): string {
  if (typeof value === 'object' || value === '') return '';
  if (value === 0 && (type === 'duration' || type === 'size')) return '';
  return ` (default ${value})`;
}

export function nameOf(given: Given): string {
  return typeof given === 'string' ? given : given.name;
}

/** Returns a checked sampler, pruner or executor with its defaults filled in. */
export function toComponentSpec(
  entries: readonly ComponentInfo[],
  given: Given | GivenKind,
  nameKey: NameKey = 'name',
): ComponentSpec {
  const { [nameKey]: chosen, ...options } =
    typeof given === 'string' ? { [nameKey]: given } : (given as Readonly<Record<string, unknown>>);
  const name = chosen as string;
  const specs = entries.find((entry) => entry.name === name)?.options ?? {};
  return { name, options: withDefaults(specs, nested(specs, options)) };
}

/** Returns the options; those that choose another entry become a `ComponentSpec`. */
function nested(specs: OptionSpecs, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const spec = specs[name];
      if (spec === undefined || value === undefined) return [name, value];
      return [name, decoded(spec, value)];
    }),
  );
}

function decoded(spec: OptionSpec, value: unknown): unknown {
  switch (spec.type) {
    case 'entry':
      return toComponentSpec(spec.entries, value as Given);
    case 'duration':
      return toMs(value as number | string);
    case 'size':
      return toBytes(value as number | string);
    default:
      return value;
  }
}
