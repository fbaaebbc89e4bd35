import type * as z from 'zod';
import { effectiveNames, type Space } from '../core/space.js';
import { placeholdersOf } from '../core/template.js';
import { didYouMean } from './describe-value.js';
import type { Diagnostics } from './diagnostics.js';
import type { WANDB_CLIENTS, WANDB_MODES, wandbSchema } from './logging-schema.js';
import { nearest } from './nearest.js';

export type WandbMode = (typeof WANDB_MODES)[number];

/** The W&B settings of the file. Null: not set, so the environment or a default decides. The texts are templates. */
export type WandbSettings = {
  readonly enabled: boolean;
  readonly project: string | null;
  readonly entity: string | null;
  readonly group: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly notes: string | null;
  readonly jobType: string | null;
  readonly mode: WandbMode;
  readonly client: (typeof WANDB_CLIENTS)[number];
};

/** The names allowed in a template, besides the parameters. */
export const WANDB_PLACEHOLDERS = [
  'study',
  'trial',
  'attempt',
  'configuration',
  'repeat',
  'seed',
  'device',
] as const;

/** Returns the section with its templates checked; null when it is missing, or after noting what is wrong with it. */
export function toWandb(
  raw: z.output<typeof wandbSchema> | undefined,
  space: Space | null,
  mistakes: Diagnostics,
): WandbSettings | null {
  if (raw === undefined) return null;
  const known = [...WANDB_PLACEHOLDERS, ...(space ? effectiveNames(space) : [])];
  const checked = (template: string, ...path: (string | number)[]) => {
    for (const name of space ? placeholdersOf(template) : []) {
      if (known.includes(name)) continue;
      const message = `expected \${study}, \${trial} and the like or a parameter, got \${${name}}`;
      const fix = didYouMean(nearest(name, known)) ?? `use one of ${known.join(', ')}`;
      mistakes.add(['logging', 'wandb', ...path], 'unknown-placeholder', message, { fix });
    }
    return template;
  };
  return {
    enabled: raw.enabled,
    project: raw.project ?? null,
    entity: raw.entity ?? null,
    group: checked(raw.group, 'group'),
    name: checked(raw.name, 'name'),
    tags: raw.tags.map((tag, k) => checked(tag, 'tags', k)),
    notes: raw.notes === undefined ? null : checked(raw.notes, 'notes'),
    jobType: raw.job_type === undefined ? null : checked(raw.job_type, 'job_type'),
    mode: raw.mode,
    client: raw.client,
  };
}
