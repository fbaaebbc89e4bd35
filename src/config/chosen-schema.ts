import { z } from 'zod';
import { type OptionSpec, type OptionSpecs, withDefaults } from '../core/options.js';
import type { Chosen } from '../core/spec.js';

type Entry = { readonly name: string; readonly summary: string; readonly options: OptionSpecs };

/** A sampler or pruner: its name, or a mapping of its name and options, as its registry tells. */
export function chosenSchema(entries: readonly Entry[]) {
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
  if (spec.type === 'boolean')
    return z.boolean().optional().describe(`${spec.help} (default ${spec.default})`);
  let schema = spec.type === 'int' ? z.int() : z.number();
  if (spec.min !== undefined) schema = schema.min(spec.min);
  if (spec.max !== undefined) schema = schema.max(spec.max);
  return schema.optional().describe(`${spec.help} (default ${spec.default})`);
}

type Given = string | { readonly name: string };

export function nameOf(given: Given): string {
  return typeof given === 'string' ? given : given.name;
}

/** A checked sampler or pruner with its defaults filled in. */
export function toChosen(entries: readonly Entry[], given: Given): Chosen {
  const { name, ...options } = typeof given === 'string' ? { name: given } : given;
  const entry = entries.find((e) => e.name === name);
  return { name, options: withDefaults(entry?.options ?? {}, options) };
}
