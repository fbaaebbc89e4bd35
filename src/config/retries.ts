import * as z from 'zod';
import { BOUNDS } from '../core/bounds.js';
import { NO_RETRY_DELAY, type RetryDelay } from '../core/retry-delay.js';
import { durationSchema, toMs } from './duration-schema.js';

const timesSchema = z.int().min(0).max(BOUNDS.retries);

/** A number of retries, or a mapping with the waits before them. */
export const retriesSchema = z.union([
  timesSchema,
  z.strictObject({
    times: timesSchema.describe('How often'),
    delay: durationSchema.optional().describe('Wait before the first retry, such as 30s'),
    factor: z.number().min(1).optional().describe('Factor from each wait to the next'),
    max_delay: durationSchema.optional().describe('Maximum wait'),
  }),
]);

/** Returns the number of retries and the waits before them, in milliseconds. */
export function toRetries(raw: z.output<typeof retriesSchema>): {
  readonly retries: number;
  readonly retryDelay: RetryDelay;
} {
  if (typeof raw === 'number') return { retries: raw, retryDelay: NO_RETRY_DELAY };
  const { times, delay, factor = 1, max_delay: most } = raw;
  return {
    retries: times,
    retryDelay: { delayMs: toMs(delay ?? null) ?? 0, factor, maxDelayMs: toMs(most ?? null) },
  };
}
