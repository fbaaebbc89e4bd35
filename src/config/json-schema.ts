import * as z from 'zod';
import { ALIASES } from './settings.js';
import { sweepSchema } from './sweep-schema.js';

type Properties = Record<string, { anyOf?: object[] } & Record<string, unknown>>;

/** Returns the text of `cfg/sweep.schema.json`: the sweep file for editors (JSON Schema, draft 7). */
export function sweepJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(sweepSchema, { io: 'input', target: 'draft-7' });
  const properties = schema.properties as Properties;
  for (const kind of ['sampler', 'pruner']) properties[kind]?.anyOf?.push(...customForms(kind));
  for (const [alias, key] of ALIASES)
    properties[alias] = { ...properties[key], description: `Old name of ${key}`, deprecated: true };
  return `${JSON.stringify({ $schema, title: 'hpo sweep', ...schema }, null, 2)}\n`;
}

/** Returns the form of a custom file. It is not part of the schema that checks sweep files, because it must be loaded. */
function customForms(kind: string): object[] {
  const description = `Your own ${kind}: a JavaScript file beside this one, such as ./my-${kind}.js`;
  const name = { type: 'string', pattern: '^(\\.{1,2})?/', description };
  return [
    name,
    { type: 'object', properties: { name }, required: ['name'], description: `${description}, with options` },
  ];
}
