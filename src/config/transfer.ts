import * as z from 'zod';
import type { Transfer, TransferSource } from '../core/earlier-studies.js';
import { refuseTransfer } from '../samplers/registry.js';
import type { Diagnostics } from './diagnostics.js';

const studySchema = z.string().min(1);

export const transferSchema = z.strictObject({
  studies: z
    .array(
      z.union([
        studySchema.describe('Name of an earlier study'),
        z.strictObject({
          study: studySchema.describe('Name of an earlier study'),
          storage: z.string().min(1).optional().describe('Its storage; default: that of this study'),
        }),
      ]),
    )
    .min(1)
    .max(10)
    .describe('Earlier studies with the same objective'),
  weight: z
    .union([z.literal('auto'), z.number().min(0).max(1)])
    .default('auto')
    .describe(
      'The most that they count together, from 0 (nothing) to 1; auto: by how well they rank the results',
    ),
});

type Given = z.output<typeof transferSchema>;

/** Returns what the file says of earlier studies; notes what cannot be used. */
export function toTransfer(
  given: Given | null | undefined,
  { sampler, objectives }: { readonly sampler: string | null; readonly objectives: number },
  mistakes: Diagnostics,
): Transfer | null {
  if (given == null) return null;
  const sources = given.studies.map(
    (each): TransferSource =>
      typeof each === 'string'
        ? { study: each, storage: null }
        : { study: each.study, storage: each.storage ?? null },
  );
  const texts = sources.map((source) => JSON.stringify(source));
  texts.forEach((text, k) => {
    if (texts.indexOf(text) < k)
      mistakes.add(
        ['transfer', 'studies', k],
        'duplicate-value',
        `study ${sources[k]?.study} is given twice`,
      );
  });
  const refusal = sampler === null ? null : refuseTransfer(sampler, objectives);
  if (refusal) mistakes.adopt(['transfer'], refusal, 'key');
  return { weight: given.weight, sources, earlier: [] };
}
