import { z } from 'zod';
import { sweepSchema } from './sweep-schema.js';

/** The text of `cfg/sweep.schema.json`: the sweep file for editors (JSON Schema, draft 7). */
export function sweepJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(sweepSchema, { io: 'input', target: 'draft-7' });
  for (const kind of ['sampler', 'pruner']) {
    const forms = schema.properties?.[kind] as { anyOf: object[] } | undefined;
    forms?.anyOf.push(...ownForms(kind));
  }
  return `${JSON.stringify({ $schema, title: 'hpo sweep', ...schema }, null, 2)}\n`;
}

/** A file of the user's own, which is no part of the schema that sweep files are checked by: it has to be loaded. */
function ownForms(kind: string): object[] {
  const description = `A ${kind} of your own: a JavaScript file beside this one, such as ./my-${kind}.js`;
  const name = { type: 'string', pattern: '^(\\.{1,2})?/', description };
  return [
    name,
    { type: 'object', properties: { name }, required: ['name'], description: `${description}, with options` },
  ];
}
