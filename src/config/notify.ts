import type * as z from 'zod';
import { placeholdersOf } from '../core/template.js';
import { didYouMean } from './describe-value.js';
import type { Diagnostics } from './diagnostics.js';
import type { commandSchema, webhookSchema } from './logging-schema.js';
import { nearest } from './nearest.js';

/** The webhook of the file, with unfilled templates. `url` null: the environment has it. */
export type WebhookSettings = Omit<z.output<typeof webhookSchema>, 'url' | 'body'> & {
  readonly url: string | null;
  readonly body: Readonly<Record<string, string>> | null;
};

export type CommandSettings = z.output<typeof commandSchema>;

/** The names allowed in the body of a webhook. */
export const NOTIFICATION_PLACEHOLDERS = [
  'event',
  'id',
  'at',
  'study',
  'text',
  'trial',
  'state',
  'reason',
  'end',
  'detail',
  'value',
  'params',
  'complete',
  'pruned',
  'failed',
  'best_trial',
  'best_value',
] as const;

/** Returns the section with its templates checked; null when it is missing, or after noting what is wrong with it. */
export function toWebhook(
  raw: z.output<typeof webhookSchema> | undefined,
  mistakes: Diagnostics,
): WebhookSettings | null {
  if (raw === undefined) return null;
  const known: readonly string[] = NOTIFICATION_PLACEHOLDERS;
  for (const [field, template] of Object.entries(raw.body ?? {}))
    for (const name of placeholdersOf(template)) {
      if (known.includes(name)) continue;
      const message = `expected \${text}, \${trial} and the like, got \${${name}}`;
      const fix = didYouMean(nearest(name, known)) ?? `use one of ${known.join(', ')}`;
      mistakes.add(['logging', 'webhook', 'body', field], 'unknown-placeholder', message, { fix });
    }
  return { ...raw, url: raw.url ?? null, body: raw.body ?? null };
}
