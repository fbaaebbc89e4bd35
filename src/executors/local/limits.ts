import { bytesWords, durationWords } from '../../core/units.js';

/** What an attempt may use. It is stopped and fails when it uses more. */
export type AttemptLimits = {
  /** Running time from its start; null: no limit. */
  readonly trialTimeoutMs: number | null;
  /** Time without a METRIC line; null: no limit. */
  readonly noProgressTimeoutMs: number | null;
  /** Size of its log; null: no limit. */
  readonly maxLogBytes: number | null;
};

export const NO_LIMITS: AttemptLimits = {
  trialTimeoutMs: null,
  noProgressTimeoutMs: null,
  maxLogBytes: null,
};

/** A broken limit in words that follow "the trial": they are its reason to fail. */
export const broken = {
  trialTimeout: (limitMs: number) => `ran longer than trial_timeout ${durationWords(limitMs)}`,
  noProgress: (limitMs: number) => `printed no METRIC line for no_progress_timeout ${durationWords(limitMs)}`,
  logBytes: (limit: number) => `its log grew beyond max_log_bytes ${bytesWords(limit)}`,
  values: (limit: number) => `printed more than ${limit} METRIC values`,
  pattern: (lines: number) =>
    `printed ${lines} lines on each of which metrics.pattern takes too long; use a narrower pattern, such as [^ ]+ in place of .*`,
} as const;
