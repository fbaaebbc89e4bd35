import { z } from 'zod';
import { sweepSchema } from './sweep-schema.js';

/** The text of `cfg/sweep.schema.json`: the sweep file for editors (JSON Schema, draft 7). */
export function sweepJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(sweepSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ $schema, title: 'hpo sweep', ...schema }, null, 2)}\n`;
}
