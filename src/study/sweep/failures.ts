import { NO_RETRY_DELAY, type RetryDelay } from '../../core/retry-delay.js';

/** A call starts no more trials when its first trials, this many, have all failed: others would fail too. */
export const FIRST_FAILURES = 3;

/** When failures stop a sweep, and how often a failing trial is tried. */
export type FailureRules = {
  /** Further attempts of a failed trial. */
  readonly retries: number;
  /** How long a trial waits before each of them. */
  readonly retryDelay: RetryDelay;
  /** After this many failed trials in a call, nothing is launched; null: no limit. */
  readonly maxFailures: number | null;
  /** The same for failures in a row. */
  readonly maxConsecutiveFailures: number | null;
};

export const NO_FAILURE_RULES: FailureRules = {
  retries: 0,
  retryDelay: NO_RETRY_DELAY,
  maxFailures: null,
  maxConsecutiveFailures: null,
};

export type FailureLimitReached = {
  readonly end: 'failures' | 'max-failures' | 'max-consecutive-failures';
  readonly detail: string;
};

/**
 * Counts the failed trials of one call and reports when a limit is reached. Each call starts at zero, so that a sweep can
 * always be resumed. When the user has set no limit, the call stops when its first trials all fail.
 */
export class FailureCount {
  readonly #rules: FailureRules;
  readonly #retryFailed: boolean;
  #finished = 0;
  #failed = 0;
  #inARow = 0;

  constructor(rules: FailureRules, retryFailed: boolean) {
    this.#rules = rules;
    this.#retryFailed = retryFailed;
  }

  /** Counts a finished trial. Returns the limit that is reached; null when launching continues. */
  note(failed: boolean): FailureLimitReached | null {
    this.#finished++;
    this.#failed += failed ? 1 : 0;
    this.#inARow = failed ? this.#inARow + 1 : 0;
    const { maxFailures, maxConsecutiveFailures } = this.#rules;
    if (maxFailures !== null && this.#failed >= maxFailures)
      return { end: 'max-failures', detail: `${this.#failed} trials of this call have failed` };
    if (maxConsecutiveFailures !== null && this.#inARow >= maxConsecutiveFailures)
      return { end: 'max-consecutive-failures', detail: `${this.#inARow} trials in a row have failed` };
    if (maxFailures !== null || maxConsecutiveFailures !== null) return null;
    // These trials failed in an earlier call: that they fail again says nothing new.
    const firstAllFailed = this.#failed === FIRST_FAILURES && this.#finished === FIRST_FAILURES;
    if (!firstAllFailed || this.#retryFailed) return null;
    return { end: 'failures', detail: `the first ${FIRST_FAILURES} trials all failed` };
  }
}
