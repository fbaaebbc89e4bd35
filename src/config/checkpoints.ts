import * as z from 'zod';
import { CHECKPOINT_POLICIES, type CheckpointPolicy } from '../core/checkpoints.js';

/** A name, or which checkpoints are kept: those of the best complete trials. */
export const checkpointsSchema = z.union([
  z.enum(CHECKPOINT_POLICIES),
  z.strictObject({
    keep: z
      .string()
      .regex(/^best [1-9]\d{0,5}$/, 'expected "best" and a number, such as "best 3"')
      .describe('`best N`: those of the N best complete trials'),
  }),
]);

/** Returns what a checked value means. */
export function toCheckpointPolicy(raw: z.output<typeof checkpointsSchema>): CheckpointPolicy {
  return typeof raw === 'string' ? raw : { keepBest: Number(raw.keep.slice('best '.length)) };
}
