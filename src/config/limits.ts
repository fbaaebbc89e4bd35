import { z } from 'zod';
import { BOUNDS } from '../core/bounds.js';
import { NO_RETRY_DELAY, type RetryDelay } from '../core/retry-delay.js';
import { DURATION, durationMs } from './duration.js';
import { sizeSchema, toBytes } from './size-schema.js';

/** Where a trial's log is too long when nobody says otherwise: 1 GiB, far above what a person reads. */
export const DEFAULT_MAX_LOG_BYTES = 2 ** 30;

const durationSchema = z.union([
  z.number().positive(),
  z.string().refine((text) => (durationMs(text) ?? 0) > 0, DURATION),
]);

const timesSchema = z.int().min(0).max(BOUNDS.retries);

/** The keys that say what becomes of a bad trainer, and what stops a sweep of them. */
export const limitShape = {
  trial_timeout: durationSchema
    .optional()
    .describe('A trial that runs longer is stopped and fails, such as 30m; default: no limit'),
  no_progress_timeout: durationSchema
    .optional()
    .describe('A trial without a METRIC line for so long is stopped and fails; default: no limit'),
  max_log_bytes: sizeSchema
    .default(DEFAULT_MAX_LOG_BYTES)
    .describe('A trial whose log grows beyond this is stopped and fails, such as 500MB; default: 1GiB'),
  retries: z
    .union([
      timesSchema,
      z.strictObject({
        times: timesSchema.describe('How often'),
        delay: durationSchema
          .optional()
          .describe('How long a trial waits before it is tried again, such as 30s'),
        factor: z.number().min(1).optional().describe('Each wait is so many times as long as the one before'),
        max_delay: durationSchema.optional().describe('No wait is longer than this'),
      }),
    ])
    .default(0)
    .describe(
      'How often a trial that fails is tried again, with the same number and seed, and after which wait',
    ),
  max_failures: z
    .int()
    .min(1)
    .optional()
    .describe('Start no trial after so many of a call have failed; running trials finish'),
  max_consecutive_failures: z
    .int()
    .min(1)
    .optional()
    .describe('Start no trial after so many in a row have failed; running trials finish'),
};

/** What becomes of a bad trainer. */
export type TrialLimits = {
  /** Null: no limit. */
  readonly trialTimeoutMs: number | null;
  /** Null: no limit. */
  readonly noProgressTimeoutMs: number | null;
  readonly maxLogBytes: number;
  /** Further attempts of a trial that fails. */
  readonly retries: number;
  readonly retryDelay: RetryDelay;
  /** Failed trials of one call that end its launches; null: no limit. */
  readonly maxFailures: number | null;
  /** The same in a row. */
  readonly maxConsecutiveFailures: number | null;
};

type Raw = { readonly [K in keyof typeof limitShape]: z.output<(typeof limitShape)[K]> | null };

/** The keys as numbers; null stands for one that is mistaken. */
export function toLimits(raw: Raw): TrialLimits {
  return {
    trialTimeoutMs: toMs(raw.trial_timeout ?? null),
    noProgressTimeoutMs: toMs(raw.no_progress_timeout ?? null),
    maxLogBytes: toBytes(raw.max_log_bytes ?? null) ?? DEFAULT_MAX_LOG_BYTES,
    ...toRetries(raw.retries ?? 0),
    maxFailures: raw.max_failures ?? null,
    maxConsecutiveFailures: raw.max_consecutive_failures ?? null,
  };
}

function toRetries(raw: NonNullable<Raw['retries']>): Pick<TrialLimits, 'retries' | 'retryDelay'> {
  if (typeof raw === 'number') return { retries: raw, retryDelay: NO_RETRY_DELAY };
  const { times, delay, factor = 1, max_delay: most } = raw;
  return {
    retries: times,
    retryDelay: { delayMs: toMs(delay ?? null) ?? 0, factor, maxDelayMs: toMs(most ?? null) },
  };
}

/** A bare number counts seconds. */
function toMs(duration: number | string | null): number | null {
  return typeof duration === 'string' ? durationMs(duration) : duration && duration * 1000;
}
