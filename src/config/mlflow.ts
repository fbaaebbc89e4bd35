import type * as z from 'zod';
import type { mlflowSchema } from './logging-schema.js';

/** The MLflow settings of the file. Null: not set, so the environment or a default decides. */
export type MlflowSettings = {
  readonly enabled: boolean;
  readonly trackingUri: string | null;
  readonly experiment: string | null;
};

/** Returns the section as settings; null when it is missing or wrong. */
export function toMlflow(raw: z.output<typeof mlflowSchema> | undefined): MlflowSettings | null {
  if (raw === undefined) return null;
  return { enabled: raw.enabled, trackingUri: raw.tracking_uri ?? null, experiment: raw.experiment ?? null };
}
