import * as z from 'zod';
import {
  type ComponentInfo,
  type ComponentSpec,
  type OptionSpec,
  type OptionSpecs,
  withDefaults,
} from '../core/component-options.js';

/** The form in a file: a name, or a mapping of a name and options. */
export type Given = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

/** Returns the schema of a sampler or pruner: its name, or a mapping of its name and options, from its registry. */
export function componentSchema(entries: readonly ComponentInfo[]) {
  const names = entries.map((entry) => entry.name) as [string, ...string[]];
  const forms = entries.map((entry) =>
    z
      .strictObject({
        name: z.literal(entry.name).describe(entry.summary),
        ...Object.fromEntries(Object.entries(entry.options).map(([name, spec]) => [name, option(spec)])),
      })
      .describe(entry.summary),
  );
  return z.union([
    z.enum(names),
    z.discriminatedUnion('name', forms as [(typeof forms)[number], ...typeof forms]),
  ]);
}

function option(spec: OptionSpec): z.ZodType {
  const about = `${spec.help} (default ${spec.default})`;
  if (spec.type === 'boolean') return z.boolean().optional().describe(about);
  if (spec.type === 'entry') return componentSchema(spec.entries).optional().describe(about);
  let schema = spec.type === 'int' ? z.int() : z.number();
  if (spec.min !== undefined) schema = schema.min(spec.min);
  if (spec.max !== undefined) schema = schema.max(spec.max);
  return schema.optional().describe(about);
}

export function nameOf(given: Given): string {
  return typeof given === 'string' ? given : given.name;
}

/** Returns a checked sampler or pruner with its defaults filled in. */
export function toComponentSpec(entries: readonly ComponentInfo[], given: Given): ComponentSpec {
  const { name, ...options } = typeof given === 'string' ? { name: given } : given;
  const specs = entries.find((entry) => entry.name === name)?.options ?? {};
  return { name, options: withDefaults(specs, nested(specs, options)) };
}

/** Returns the options; those that choose another entry become a `ComponentSpec`. */
function nested(specs: OptionSpecs, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const spec = specs[name];
      return [
        name,
        spec?.type === 'entry' && value !== undefined ? toComponentSpec(spec.entries, value as Given) : value,
      ];
    }),
  );
}
